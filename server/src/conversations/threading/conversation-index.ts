import type { ConversationId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import type { Address, RemoteMessage } from '../../mail/index.ts'
import type { ConversationPlace, ConversationStatus } from '../stored/conversation.ts'
import { storableId, storableLine } from '../stored/storable.ts'
import { addParticipants, correspondents, shareAddress, type OwnAddresses } from './participants.ts'
import { relatedMessageIds } from './related-message-ids.ts'
import type { SentTo } from './report-recipients.ts'
import { isAnotherSubject, subjectKey } from './subjects.ts'

type OutsideInbox = Exclude<ConversationPlace, 'inbox'>

/** A new message with the conversation facts that depend on it. */
export interface AddedMessage {
  messageId: StoredMessageId
  message: RemoteMessage
  direction: 'in' | 'out'
  unread: boolean
  /** It opens a conversation that is closed, waiting or snoozed. */
  reopens: boolean
  /** It is not in Junk, which brings a conversation that Junk put into Spam into the inbox. */
  isOutsideJunk?: boolean
  /** It is received and neither in Junk nor in Deleted Items, so its conversation no longer has all mail there. */
  isReceivedOutside?: boolean
  /** Sent from another mail program: to a participant, it brings a conversation into the inbox. */
  isSentElsewhere?: boolean
  /** Written by a program: it neither needs a reply nor is one. */
  isAutomatic: boolean
  /** For imported mail: conversations without a message from this time on are closed. */
  closesBefore?: Date | undefined
}

/** A conversation with the messages added so far. */
export interface GrowingConversation {
  id: ConversationId
  isNew: boolean
  /** Mailbox that it moved to; undefined for one of the mailbox that is read. */
  ownerId?: EmailAccountId | undefined
  /** Other mailboxes in which answers to it may arrive, because it moved. */
  otherAccountIds?: readonly EmailAccountId[]
  participants: Address[]
  status: ConversationStatus
  place: ConversationPlace
  placedBy: string | null
  /** Subject of its earliest message. */
  subject: string
  messageCount: number
  firstMessageAt: Date
  lastMessageAt: Date
  added: AddedMessage[]
  createdAt: Date
}

/** Conversations that the messages of a page may belong to, in memory. Grows with each message of the page. */
export interface ConversationIndex {
  /** Without those merged into another one. */
  conversations: Map<ConversationId, GrowingConversation>
  mergedInto: Map<ConversationId, ConversationId>
  byMessageId: Map<string, ConversationId>
  /** Additions to `byMessageId` since the index was loaded. */
  newMessageIds: Map<string, ConversationId>
  /** Message-IDs of sent messages. */
  sentMessageIds: Set<string>
  byRemoteConversation: Map<string, Set<ConversationId>>
  /** By {@link subjectKey}, without those that have no subject. */
  bySubject: Map<string, Set<ConversationId>>
  /** Recipients of sent messages that delivery reports of the page may be about. */
  sentTo: SentTo
  /** Message-IDs of the page's sent messages that stored delivery reports name. */
  reportedBefore: Set<string>
}

export function emptyIndex(): ConversationIndex {
  return {
    conversations: new Map(),
    mergedInto: new Map(),
    byMessageId: new Map(),
    newMessageIds: new Map(),
    sentMessageIds: new Set(),
    byRemoteConversation: new Map(),
    bySubject: new Map(),
    sentTo: new Map(),
    reportedBefore: new Set(),
  }
}

/** The conversation, or the one it was merged into; undefined when the account has neither. */
export function existingConversation(
  { conversations, mergedInto }: Pick<ConversationIndex, 'conversations' | 'mergedInto'>,
  id: ConversationId | undefined,
): GrowingConversation | undefined {
  return id === undefined ? undefined : conversations.get(mergedInto.get(id) ?? id)
}

/** Adds a conversation without messages. One that starts in Junk is spam. */
export function addConversation(
  index: ConversationIndex,
  id: ConversationId,
  { subject, receivedAt }: Pick<RemoteMessage, 'subject' | 'receivedAt'>,
  now: Date,
  place: 'inbox' | 'spam' = 'inbox',
): void {
  index.conversations.set(id, {
    id,
    isNew: true,
    participants: [],
    status: 'open',
    place,
    placedBy: place === 'spam' ? 'junk' : null,
    subject: storableLine(subject),
    messageCount: 0,
    firstMessageAt: receivedAt,
    lastMessageAt: receivedAt,
    added: [],
    createdAt: now,
  })
}

/**
 * Adds a message to its conversation, and its Message-IDs to the index.
 *
 * @returns `isReopened`: the conversation was not open; `leftPlace`: place that it left for the inbox; `isOffTopic`: the subject has no word in common with it
 */
export function addMessage(
  index: ConversationIndex,
  id: ConversationId,
  added: AddedMessage,
  own: OwnAddresses,
): { isReopened: boolean; leftPlace: OutsideInbox | undefined; isOffTopic: boolean } {
  const growing = index.conversations.get(id)!
  const { message } = added
  const isOffTopic = growing.messageCount > 0 && isAnotherSubject(message.subject, growing.subject)
  indexMessageIds(index, id, added)
  if (message.remoteConversationId !== undefined) addRemoteConversation(index, message.remoteConversationId, id)
  const leftPlace = placeToLeave(growing, added, own)
  // The sender of a delivery report is a server, not a participant.
  if (growing.messageCount === 0 || !message.marks?.deliveryReport) {
    growing.participants = addParticipants(growing.participants, message, own)
  }
  growing.status = statusAfterImport(growing, added)
  const isLatest = growing.messageCount === 0 || growing.lastMessageAt <= message.receivedAt
  if (isLatest) growing.lastMessageAt = message.receivedAt
  if (message.receivedAt < growing.firstMessageAt) {
    growing.firstMessageAt = message.receivedAt
    index.bySubject.get(subjectKey(growing.subject))?.delete(id)
    growing.subject = storableLine(message.subject)
  }
  addSubject(index, growing.subject, id)
  growing.messageCount++
  growing.added.push(added)
  const isReopened = growing.status !== 'open' && added.reopens
  if (isReopened) growing.status = 'open'
  if (leftPlace) growing.place = 'inbox'
  if (leftPlace || (added.direction === 'in' && growing.place === 'inbox')) growing.placedBy = null
  return { isReopened, leftPlace, isOffTopic }
}

/** The place that a conversation leaves for the inbox with a message, whatever the order of its messages. */
function placeToLeave(
  { place, placedBy, participants }: GrowingConversation,
  { message, reopens, isOutsideJunk = false, isReceivedOutside = false, isSentElsewhere = false }: AddedMessage,
  own: OwnAddresses,
): OutsideInbox | undefined {
  if (place === 'inbox') return undefined
  const isAnswer = isSentElsewhere && shareAddress(correspondents(message, 'out', own), participants)
  const leaves =
    place === 'deleted' ? reopens || (placedBy === 'trash' && isReceivedOutside) : placedBy === 'junk' && isOutsideJunk
  return isAnswer || leaves ? place : undefined
}

/**
 * Status after an imported message: closed while all messages are old, whatever their order. Another closed conversation
 * was closed by a person and stays closed.
 */
function statusAfterImport(
  { status, messageCount, lastMessageAt }: GrowingConversation,
  { message, closesBefore }: AddedMessage,
): ConversationStatus {
  if (closesBefore === undefined) return status
  const isOld = message.receivedAt < closesBefore
  if (messageCount === 0) return isOld ? 'closed' : status
  return status === 'closed' && lastMessageAt < closesBefore && !isOld ? 'open' : status
}

export function addRemoteConversation(
  { byRemoteConversation }: ConversationIndex,
  remoteId: string,
  id: ConversationId,
): void {
  const ids = byRemoteConversation.get(remoteId) ?? new Set()
  byRemoteConversation.set(remoteId, ids.add(id))
}

export function addSubject({ bySubject }: ConversationIndex, subject: string, id: ConversationId): void {
  const key = subjectKey(subject)
  if (key !== '') bySubject.set(key, (bySubject.get(key) ?? new Set()).add(id))
}

function indexMessageIds(index: ConversationIndex, id: ConversationId, { message, direction }: AddedMessage): void {
  const { byMessageId, newMessageIds, sentMessageIds } = index
  const own = direction === 'out' ? storableId(message.messageId) : undefined
  if (own !== undefined && !sentMessageIds.has(own)) {
    sentMessageIds.add(own)
    // A reply may have been filed first: only now is the Message-ID known to be of a sent message.
    newMessageIds.set(own, byMessageId.get(own) ?? id)
  }
  for (const related of relatedMessageIds(message)) {
    if (byMessageId.has(related)) continue
    byMessageId.set(related, id)
    newMessageIds.set(related, id)
  }
}
