import type { Tx } from '../../database/index.ts'
import type { Events, NewEvent } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { newId, type ConversationId, type StoredMessageId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import type { ConversationTokens } from '../threading/conversation-tokens.ts'
import type { FilingAccount, ReceivedMail, ReceivedMailHook, SentMailHook } from '../conversations.ts'
import { copyOf, type Met, type Outcome } from './file-page.ts'
import type { Merging } from './message-merge.ts'
import { insertMessages, marksOf, newMessageRow, type NewMessageRow } from './new-message-rows.ts'
import { openConversations, type PageConversations } from '../threading/page-conversations.ts'
import { keepWhatCame } from '../stored/message-sources.ts'
import { addressKey, ownOf } from '../threading/message-leads.ts'

/** How messages that were not here before get their rows, a page of them at a time. */
export function createCreating(deps: {
  clock: Clock
  events: Events
  hooks: readonly SentMailHook[]
  receivedHooks: readonly ReceivedMailHook[]
  merging: Merging
  tokens: ConversationTokens
}) {
  const { clock, events, hooks, receivedHooks, merging, tokens } = deps

  /**
   * In the order given: what comes later may answer what comes before. `ours`: the ids on the server of those that a
   * hook knows, and may know the conversation of.
   */
  async function create(
    tx: Tx,
    account: FilingAccount,
    fresh: readonly Met[],
    ours: ReadonlySet<string>,
  ): Promise<Outcome[]> {
    if (fresh.length === 0) return []
    const homes = await openConversations(
      tx,
      account,
      fresh.map(({ message }) => message),
      tokens,
    )
    const outcomes: Outcome[] = []
    const rows: NewMessageRow[] = []
    const told: NewEvent[] = []
    const received: ReceivedMail[] = []
    for (const met of fresh) {
      const { message } = met
      const direction = directionOf(account, met)
      const imported = message.receivedAt.getTime() < wholeSecond(account.createdAt)
      const messageId = newId<StoredMessageId>()
      const home =
        ours.has(message.remoteId) && direction === 'out' ? await homeByHook(tx, account, message, homes) : undefined
      const { conversationId, isNew } = home
        ? { conversationId: home, isNew: false }
        : homes.homeOf(message, direction, clock.now())
      // It comes home only when it names what we sent.
      const hasBounced = !isNew && isFailure(message)
      const unread = direction === 'in' && !message.flags.includes('seen')
      const { isReopened, isOffTopic } = homes.add(conversationId, {
        messageId,
        message,
        direction,
        unread,
        // A machine that answers, one that brings mail back, and mail of long ago ask nothing of anybody.
        reopens: direction === 'in' && !imported && !isAutomatic(message),
      })

      outcomes.push({ messageId, conversationId, created: true, direction })
      if (direction === 'in' && !imported) received.push({ messageId, conversationId, message, role: met.place?.role })
      rows.push(
        newMessageRow(met, {
          id: messageId,
          account,
          conversationId,
          direction,
          imported,
          unread,
          splitProposed: isOffTopic && direction === 'in' && !isAutomatic(message),
          at: clock.now(),
        }),
      )
      const at = { emailAccountId: account.id, at: clock.now() }
      const ofConversation = { ...at, subjectId: conversationId }
      if (isNew) told.push({ ...ofConversation, kind: 'conversation.created', payload: { conversationId } })
      told.push({
        ...at,
        kind: imported ? 'message.imported' : direction === 'in' ? 'message.received' : 'message.sent',
        subjectId: messageId,
        payload: { conversationId, direction },
      })
      if (hasBounced) {
        const { recipients } = message.marks!.deliveryReport!
        told.push({ ...at, kind: 'message.bounced', subjectId: messageId, payload: { conversationId, recipients } })
      }
      if (isReopened) {
        const payload = { conversationId, by: 'message' }
        told.push({ ...ofConversation, kind: 'conversation.reopened', payload })
      }
    }

    await homes.insertNew(tx)
    await insertMessages(tx, rows)
    await keepWhatCame(
      tx,
      fresh.map(({ message }, n) => ({ messageId: outcomes[n]!.messageId, message })),
    )
    await merging.locateAll(
      tx,
      fresh.flatMap(({ message, place }, n) =>
        place ? [{ place, remoteId: message.remoteId, messageId: outcomes[n]!.messageId }] : [],
      ),
    )
    await homes.save(tx)
    await events.appendAll(tx, told)
    if (account.automaticReply?.isOn && received.length > 0) {
      for (const hook of receivedHooks) await hook(tx, account.id, received)
    }
    return outcomes
  }

  async function homeByHook(
    tx: Tx,
    account: FilingAccount,
    message: RemoteMessage,
    homes: PageConversations,
  ): Promise<ConversationId | undefined> {
    for (const hook of hooks) {
      const home = await hook.conversationOf(tx, copyOf(account, message))
      if (!home) continue
      await homes.load(tx, [home])
      return homes.existing(home)
    }
    return undefined
  }

  return { create }
}

/**
 * What lies in Sent Items is ours. So is what bears our address, unless it came in: forms on websites write to
 * support@ as support@, and anybody may write as us. What came in bears the marks of the way; a copy of what was sent
 * has none.
 */
export function directionOf(account: FilingAccount, { message, place }: Pick<Met, 'message' | 'place'>): 'in' | 'out' {
  if (place?.role === 'sent') return 'out'
  if (place?.role === 'inbox' || place?.role === 'junk') return 'in'
  const isOurs = message.from !== undefined && ownOf(account).has(addressKey(message.from))
  return isOurs && !message.headers.some(({ name }) => OF_THE_WAY.has(name.toLowerCase())) ? 'out' : 'in'
}

/** RFC 5321 §4.4, RFC 8601: added by the server that takes a message in. */
const OF_THE_WAY = new Set(['return-path', 'received', 'delivered-to', 'authentication-results'])

function isFailure({ marks }: RemoteMessage): boolean {
  return marks?.deliveryReport?.recipients.some(({ action }) => action === 'failed') ?? false
}

/**
 * Whether nobody waits for us: a machine wrote it, such as an out-of-office answer (RFC 3834 §5), a server that could not
 * bring a message, or a calendar. A list is no machine: people ask through it. What goes to many without being of a list
 * is one, and old responders call their answers so (`Precedence: bulk`).
 */
function isAutomatic(message: RemoteMessage): boolean {
  const { automatic, invitation, readReceipt } = marksOf(message)
  if (invitation && ['reply', 'cancel'].includes(invitation.method)) return true
  return (
    readReceipt !== undefined || (automatic !== undefined && !/^(?:List-|Precedence: list\b)/i.test(automatic.reason))
  )
}

/** Servers tell only the second of a message: one of this very second is new and must not go by unannounced. */
function wholeSecond(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000
}
