import type { Tx } from '../../database/index.ts'
import type { Events, NewEvent } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { newId, type ConversationId, type StoredMessageId } from '../../kernel/ids.ts'
import { inTurns } from '../../kernel/turns.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import type { SearchIndex } from '../search/search-index.ts'
import { keepWhatCame } from '../stored/message-sources.ts'
import { chooseConversation, type ThreadingRules } from '../threading/choose-conversation.ts'
import { placeEvent } from '../team/places.ts'
import {
  addConversation,
  addMessage,
  existingConversation,
  type ConversationIndex,
} from '../threading/conversation-index.ts'
import type { ConversationTokens } from '../threading/conversation-tokens.ts'
import { joinEarlyReports, type NewlySent } from '../threading/early-reports.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { rememberCorrespondents, type Correspondence } from '../outgoing/correspondents.ts'
import { loadConversations, loadIndex } from '../threading/load-index.ts'
import { ownAddresses } from '../threading/participants.ts'
import { reportedMessageId } from '../threading/related-message-ids.ts'
import { reportsFailure } from '../threading/report-recipients.ts'
import { insertConversations, updateConversations } from '../threading/save-index.ts'
import { discardedTo } from './discarded-mail.ts'
import type { CopiesOfSubmissions, ReceivedMail, ReceivedMailHook, SentMailHook } from './filing-hooks.ts'
import { locateAll } from './message-locations.ts'
import { findDirection, sentCopy, type FilingResult, type MetMessage } from './met-message.ts'
import { loadQuotedMessages } from './quoted-messages.ts'
import { insertMessages, readMarks, newMessageRow, type NewMessageRow } from './new-message-rows.ts'

/** Stores new messages, a page at a time. */
export function createMessageInserts(deps: {
  clock: Clock
  events: Events
  hooks: readonly SentMailHook[]
  receivedHooks: readonly ReceivedMailHook[]
  tokens: ConversationTokens
  searchIndex: Pick<SearchIndex, 'written'>
}) {
  const { clock, events, hooks, receivedHooks, tokens, searchIndex } = deps

  /**
   * Stores messages in the order given, as a later one may reply to an earlier one.
   *
   * @param ours  the messages that belong to a submission
   */
  return async function insertNew(
    tx: Tx,
    account: FilingAccount,
    fresh: readonly MetMessage[],
    ours: CopiesOfSubmissions,
  ): Promise<FilingResult[]> {
    if (fresh.length === 0) return []
    const page = fresh.map(({ message }) => message)
    const sent = fresh.filter((met) => findDirection(account, met) === 'out').map(({ message }) => message)
    const index = await loadIndex(tx, account, page, { tokens, sent: new Set(sent) })
    const quoted = await loadQuotedMessages(tx, account, page)
    const own = ownAddresses(account)
    const rules: ThreadingRules = { own, joinsBySubject: account.joinsBySubject ?? false, tokens }
    const results: FilingResult[] = []
    const rows: NewMessageRow[] = []
    const newEvents: NewEvent[] = []
    const received: ReceivedMail[] = []
    const human: Correspondence[] = []
    for await (const met of inTurns(fresh)) {
      const { message } = met
      const direction = findDirection(account, met)
      const imported = message.receivedAt.getTime() < wholeSecond(account.createdAt)
      const messageId = newId<StoredMessageId>()
      const isCopy = ours.has(message.remoteId) && direction === 'out'
      const known =
        (isCopy ? await conversationOfSubmission(tx, account, message, index) : undefined) ??
        chooseConversation({ ...message, direction }, index, rules)
      const isNew = known === undefined
      const conversationId = known ?? newId<ConversationId>()
      const isInJunk = met.place?.role === 'junk'
      if (isNew) addConversation(index, conversationId, message, clock.now(), isInJunk ? 'spam' : 'inbox')
      // A delivery report joins a conversation only when it names a sent message.
      const hasBounced =
        !isNew && message.marks?.deliveryReport !== undefined && reportsFailure(message.marks.deliveryReport)
      const closesBefore = imported ? account.closesBefore : undefined
      const isOld = closesBefore !== undefined && message.receivedAt < closesBefore
      const unread = direction === 'in' && !message.flags.includes('seen') && !isOld
      // Automatic replies, bounces and imported mail need no reply.
      const automatic = isAutomatic(message) || (isCopy && ours.get(message.remoteId)!.isAutomatic)
      const reopens = direction === 'in' && !imported && !automatic
      const added = {
        ...{ messageId, message, direction, unread, reopens, isAutomatic: automatic, closesBefore },
        // The place changed when Postkey accepted the message, and may have changed again since.
        isOutsideJunk: !isInJunk && !isCopy,
        isReceivedOutside: direction === 'in' && discardedTo(met.place?.role) === null,
        isSentElsewhere: direction === 'out' && !imported && !automatic && !isCopy,
      }
      const { isReopened, leftPlace, isOffTopic } = addMessage(index, conversationId, added, own)
      const { ownerId, place } = index.conversations.get(conversationId)!

      results.push({ messageId, conversationId, created: true, direction })
      if (!isAutomatic(message)) human.push({ message, direction })
      // The team of a moved conversation answers it from another address, so this mailbox sends no automatic reply.
      if (direction === 'in' && !imported && place !== 'spam' && ownerId === undefined) {
        received.push({ messageId, conversationId, message, role: met.place?.role })
      }
      rows.push(
        newMessageRow(met, {
          id: messageId,
          account,
          conversationId,
          ownerId: ownerId ?? account.id,
          direction,
          imported,
          unread,
          quotesStored: quoted.has(message, conversationId),
          splitProposed: isOffTopic && direction === 'in' && !automatic,
          isAutomatic: automatic,
          at: clock.now(),
        }),
      )
      quoted.add(message, conversationId)
      const at = { emailAccountId: ownerId ?? account.id, at: clock.now() }
      const ofConversation = { ...at, subjectId: conversationId }
      if (isNew) newEvents.push({ ...ofConversation, kind: 'conversation.created', payload: { conversationId } })
      newEvents.push({
        ...at,
        kind: imported ? 'message.imported' : direction === 'in' ? 'message.received' : 'message.sent',
        subjectId: messageId,
        payload: { conversationId, direction },
      })
      if (hasBounced) {
        const { recipients } = message.marks!.deliveryReport!
        newEvents.push({
          ...at,
          kind: 'message.bounced',
          subjectId: messageId,
          payload: { conversationId, recipients },
        })
      }
      if (leftPlace) {
        const payload = { conversationId, by: 'message' }
        newEvents.push({ ...ofConversation, kind: placeEvent(leftPlace, 'inbox'), payload })
      }
      if (isReopened) {
        const payload = { conversationId, by: 'message' }
        newEvents.push({ ...ofConversation, kind: 'conversation.reopened', payload })
      }
    }

    await insertConversations(tx, account, index)
    await insertMessages(tx, rows)
    searchIndex.written(rows.length)
    await keepWhatCame(
      tx,
      fresh.map(({ message }, n) => ({ messageId: results[n]!.messageId, message })),
    )
    await locateAll(
      tx,
      fresh.flatMap(({ message, place }, n) =>
        place ? [{ place, remoteId: message.remoteId, messageId: results[n]!.messageId }] : [],
      ),
    )
    await updateConversations(tx, account, index)
    await rememberCorrespondents(tx, account.id, human, own)
    const reported = new Set([...index.reportedBefore, ...page.flatMap((message) => reportedMessageId(message) ?? [])])
    const joined = await joinEarlyReports(tx, account, hooks, newlySent(rows, reported), clock.now())
    const targets = new Map(joined.moves.map(({ from, into }) => [from, into]))
    for (const each of [...results, ...received]) {
      each.conversationId = targets.get(each.conversationId) ?? each.conversationId
    }
    await events.appendAll(tx, [...newEvents, ...joined.events])
    if (account.automaticReply?.isOn && received.length > 0) {
      for (const hook of receivedHooks) await hook(tx, account.id, received)
    }
    return results
  }

  async function conversationOfSubmission(
    tx: Tx,
    account: FilingAccount,
    message: RemoteMessage,
    index: ConversationIndex,
  ): Promise<ConversationId | undefined> {
    for (const hook of hooks) {
      const id = await hook.conversationOf(tx, sentCopy(account, message))
      if (!id) continue
      await loadConversations(tx, account, index, [id])
      return existingConversation(index, id)?.id
    }
    return undefined
  }
}

/** Sent messages of a page that delivery reports name, stored before or of the same page. */
function newlySent(rows: readonly NewMessageRow[], reported: ReadonlySet<string>): NewlySent[] {
  return rows.flatMap(({ id, direction, message_id: messageId, to_addresses, cc_addresses, bcc_addresses }) => {
    if (direction !== 'out' || messageId === null || !reported.has(messageId)) return []
    return [{ messageId, recipients: [...to_addresses, ...cc_addresses, ...bcc_addresses], storedAs: id }]
  })
}

/**
 * True for a message that neither needs a reply nor is one: an automatic reply (RFC 3834 §5), a delivery report, a read receipt, an answer to an
 * invitation, or bulk mail. Mail of a mailing list may ask for a reply.
 */
function isAutomatic(message: RemoteMessage): boolean {
  const { automatic, deliveryReport, invitation, readReceipt } = readMarks(message)
  if (invitation && ['reply', 'cancel'].includes(invitation.method)) return true
  return (
    deliveryReport !== undefined ||
    readReceipt !== undefined ||
    (automatic !== undefined && !/^(?:List-|Precedence: list\b)/i.test(automatic.reason))
  )
}

/** Servers report whole seconds: a message of the same second counts as new, so that it is announced. */
function wholeSecond(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000
}
