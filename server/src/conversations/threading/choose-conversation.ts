import type { ConversationId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { existingConversation, type ConversationIndex, type GrowingConversation } from './conversation-index.ts'
import type { ConversationTokens } from './conversation-tokens.ts'
import { correspondents, shareAddress, type OwnAddresses } from './participants.ts'
import { possibleTokens, relatedMessageIds, reportedMessageId } from './related-message-ids.ts'
import { namesRecipient } from './report-recipients.ts'
import { subjectKey } from './subjects.ts'

/** Mail with the same subject joins a conversation whose last message is at most this much older or newer. */
export const SUBJECT_WINDOW_MS = 14 * 24 * 60 * 60_000
/** Conversations compared per conversation id of the server. */
export const MOST_OF_ONE_REMOTE_CONVERSATION = 20

/** Fields that decide the conversation of a message. */
export type ThreadedMessage = Pick<
  RemoteMessage,
  | 'messageId'
  | 'inReplyTo'
  | 'references'
  | 'marks'
  | 'remoteConversationId'
  | 'subject'
  | 'receivedAt'
  | 'from'
  | 'sender'
  | 'replyTo'
  | 'to'
  | 'cc'
  | 'bcc'
> & { direction: 'in' | 'out' }

/** Rules of the account and its conversation tokens. */
export interface ThreadingRules {
  own: OwnAddresses
  joinsBySubject: boolean
  tokens: Pick<ConversationTokens, 'conversationIn'>
}

/**
 * Chooses the conversation of a message. Pure: reads the index and changes nothing.
 *
 * In this order, the first that exists: the message itself or a sent message that it replies to; a conversation token,
 * which only this server can sign; any other related Message-ID; the server's conversation id, then the subject where the
 * account joins by subject, both only with a common participant.
 *
 * @returns undefined for a message that starts a conversation
 */
export function chooseConversation(
  message: ThreadedMessage,
  index: ConversationIndex,
  rules: ThreadingRules,
): ConversationId | undefined {
  if (message.marks?.deliveryReport) return conversationOfReport(message, index, rules)?.id
  const known = relatedMessageIds(message).filter((id) => index.byMessageId.has(id))
  const { messageId, inReplyTo } = message
  const exact = known.find((id) => id === messageId || (index.sentMessageIds.has(id) && inReplyTo.includes(id)))
  const chosen =
    byMessageId(index, exact) ??
    existingConversation(index, rules.tokens.conversationIn(possibleTokens(message))) ??
    byMessageId(index, known[0]) ??
    byRemoteConversation(message, index, rules) ??
    bySubject(message, index, rules)
  return chosen?.id
}

/**
 * The conversation of the message that a delivery report names, by its Message-ID or by a token, when the report names a
 * recipient of it. Before the Sent copy is known, a participant of the conversation.
 */
function conversationOfReport(
  message: ThreadedMessage,
  index: ConversationIndex,
  { tokens }: ThreadingRules,
): GrowingConversation | undefined {
  const report = message.marks!.deliveryReport!
  const concerns = (key: string, conversation: GrowingConversation | undefined) =>
    conversation !== undefined && namesRecipient(report, index.sentTo.get(key), conversation.participants)
  const reported = reportedMessageId(message)
  const named = reported !== undefined && index.sentMessageIds.has(reported) ? byMessageId(index, reported) : undefined
  if (reported !== undefined && concerns(reported, named)) return named
  const signedId = tokens.conversationIn(possibleTokens(message))
  const signed = existingConversation(index, signedId)
  return signedId !== undefined && concerns(signedId, signed) ? signed : undefined
}

function byMessageId(index: ConversationIndex, messageId: string | undefined): GrowingConversation | undefined {
  return existingConversation(index, messageId === undefined ? undefined : index.byMessageId.get(messageId))
}

function byRemoteConversation(
  message: ThreadedMessage,
  index: ConversationIndex,
  { own }: ThreadingRules,
): GrowingConversation | undefined {
  const { remoteConversationId: remoteId, direction } = message
  if (remoteId === undefined) return undefined
  const others = correspondents(message, direction, own)
  return latestFirst(index, index.byRemoteConversation.get(remoteId))
    .slice(0, MOST_OF_ONE_REMOTE_CONVERSATION)
    .find(({ participants }) => shareAddress(participants, others))
}

function bySubject(
  message: ThreadedMessage,
  index: ConversationIndex,
  { own, joinsBySubject }: ThreadingRules,
): GrowingConversation | undefined {
  if (!joinsBySubject) return undefined
  const others = correspondents(message, message.direction, own)
  const at = message.receivedAt.getTime()
  return latestFirst(index, index.bySubject.get(subjectKey(message.subject))).find(
    ({ lastMessageAt, participants }) =>
      Math.abs(lastMessageAt.getTime() - at) <= SUBJECT_WINDOW_MS && shareAddress(participants, others),
  )
}

/** Conversations that exist, by their last message and then their id, so that the order of the index never matters. */
function latestFirst(index: ConversationIndex, ids: Iterable<ConversationId> = []): GrowingConversation[] {
  return [...ids]
    .flatMap((id) => existingConversation(index, id) ?? [])
    .sort((one, other) => other.lastMessageAt.getTime() - one.lastMessageAt.getTime() || (one.id < other.id ? 1 : -1))
}
