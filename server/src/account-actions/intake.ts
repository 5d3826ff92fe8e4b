import type { AuditLog } from '../audit/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { EventKind, Events, StoredEvent } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ConversationId, EmailAccountId } from '../kernel/ids.ts'
import { sql } from 'kysely'
import { lockWanted, wantPlaces, wantSeen, wantUnseen, type ConversationChange, type Wanted } from './wanted-states.ts'

export interface ActionIntakeDeps {
  database: Database
  clock: Clock
  events: Events
  audit: AuditLog
  /** Maximum actions that wait in a mailbox. */
  mostWaiting?: number
}

const MARKING = ['conversation.seen', 'conversation.closed', 'conversation.unread_marked'] as const
const PLACING = [
  ...(['conversation.closed', 'conversation.reopened', 'conversation.wait_started'] as const),
  ...(['conversation.snoozed', 'conversation.spam_marked', 'conversation.spam_unmarked'] as const),
  ...(['conversation.deleted', 'conversation.restored'] as const),
] as const

/** Kinds of events after which messages change in their mailbox. */
export const ACTING = [...new Set([...MARKING, ...PLACING])] as const satisfies readonly EventKind[]
type ActingEvent = StoredEvent<(typeof ACTING)[number]>

/** An event with the mailboxes of its messages that have actions switched on. */
interface ConcernedEvent {
  event: ActingEvent
  accountIds: readonly EmailAccountId[]
}

/**
 * Authors of events without a person. New mail and the end of a snooze leave messages where they are, and a conversation
 * that follows its messages has none to move.
 */
const BY_ITSELF: readonly string[] = ['message', 'mailbox', 'snooze']
const MOST_AT_ONCE = 500
/** At one per 0.2 s they take an hour. */
const MOST_WAITING = 20_000

/**
 * Turns events into wanted states of messages, in their order. The position in the events advances in the transaction
 * that writes the states: after a kill, an event is processed again, and never lost. Servers advance it one at a time.
 */
export function createIntake({ database, clock, events, audit, mostWaiting = MOST_WAITING }: ActionIntakeDeps) {
  const { db } = database

  /** @returns true when there may be more events */
  async function processPage(): Promise<boolean> {
    const { event_id: after } = await db
      .selectFrom('account_action_position')
      .select('event_id')
      .executeTakeFirstOrThrow()
    const { events: page } = await events.list({ emailAccountIds: 'all', after, kinds: ACTING, limit: MOST_AT_ONCE })
    if (page.length === 0) return false
    await database.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('account_action_position')
        .set({ event_id: page.at(-1)!.id })
        .where('event_id', '=', after)
        .executeTakeFirst()
      // Another server was quicker.
      if (numUpdatedRows === 0n) return
      const acting = await listActing(tx)
      if (acting.size === 0) return
      const wanted = (page as ActingEvent[]).filter(({ payload }) => !BY_ITSELF.includes(payload.by))
      const former = await listFormer(tx, wanted)
      const concerned = wanted.flatMap((event): ConcernedEvent[] => {
        const all = [event.emailAccountId, ...(former.get(event.subjectId) ?? [])]
        const accountIds = all.filter((id) => id !== undefined && acting.has(id)) as EmailAccountId[]
        return accountIds.length > 0 ? [{ event, accountIds }] : []
      })
      if (concerned.length === 0) return
      const full = await listFull(tx, concerned)
      // First, because the end of an attempt locks settings before wanted states.
      await countLeftOut(tx, full, concerned)
      const left = concerned.filter(({ accountIds }) => !accountIds.every((id) => full.has(id)))
      await apply(tx, left.map(({ event }) => event), [...full]) // prettier-ignore
    })
    return true
  }

  async function listActing(tx: Tx): Promise<ReadonlySet<EmailAccountId>> {
    const rows = await tx
      .selectFrom('account_action_settings')
      .select('email_account_id')
      .where(sql<boolean>`(marks_read OR moves_closed OR moves_spam OR moves_deleted)`)
      .execute()
    return new Set(rows.map((row) => row.email_account_id))
  }

  /** Mailboxes from which conversations moved: each has messages of its own in them. By conversation. */
  async function listFormer(
    tx: Tx,
    wanted: readonly ActingEvent[],
  ): Promise<ReadonlyMap<string, readonly EmailAccountId[]>> {
    const rows = await tx
      .selectFrom('conversations')
      .select(['id', 'moved_from'])
      .where(sql<boolean>`id = ANY(${[...new Set(wanted.map(({ subjectId }) => subjectId))]}::uuid[])`)
      .where(sql<boolean>`moved_from <> '{}'`)
      .execute()
    return new Map(rows.map((row) => [row.id as string, row.moved_from]))
  }

  /** Mailboxes with too many waiting actions. */
  async function listFull(tx: Tx, concerned: readonly ConcernedEvent[]): Promise<ReadonlySet<EmailAccountId>> {
    const ids = [...new Set(concerned.flatMap(({ accountIds }) => accountIds))]
    const { rows } = await sql<{ id: EmailAccountId }>`SELECT email_account_id AS id FROM account_actions
      WHERE due_at IS NOT NULL AND email_account_id = ANY(${ids}::uuid[])
      GROUP BY 1 HAVING count(*) >= ${mostWaiting} ORDER BY 1`.execute(tx)
    return new Set(rows.map(({ id }) => id))
  }

  /** Counts the conversations of full mailboxes, whose messages stay as they are. */
  async function countLeftOut(
    tx: Tx,
    full: ReadonlySet<EmailAccountId>,
    concerned: readonly ConcernedEvent[],
  ): Promise<void> {
    for (const id of full) {
      const { size } = new Set(
        concerned.filter(({ accountIds }) => accountIds.includes(id)).map(({ event }) => event.subjectId),
      )
      await tx
        .updateTable('account_action_settings')
        .set((eb) => ({ left_out: eb('left_out', '+', size) }))
        .where('email_account_id', '=', id)
        .execute()
    }
  }

  async function apply(tx: Tx, concerned: readonly ActingEvent[], full: readonly EmailAccountId[]): Promise<void> {
    const seen = new Map<ConversationId, ConversationChange>()
    const unread = new Map<ConversationId, ConversationChange>()
    const placed = new Map<ConversationId, ConversationChange>()
    for (const { kind, subjectId, payload, at } of concerned) {
      const conversationId = subjectId as ConversationId
      const change: ConversationChange = { conversationId, at, by: payload.by }
      if (kind === 'conversation.unread_marked') unread.set(conversationId, change)
      else if (kind === 'conversation.seen' || kind === 'conversation.closed') {
        seen.set(conversationId, change)
        unread.delete(conversationId)
      }
      if ((PLACING as readonly string[]).includes(kind)) {
        const before = placed.get(conversationId)?.leaves
        const leaves = {
          junk: kind === 'conversation.spam_unmarked' || before?.junk === true,
          trash: kind === 'conversation.restored' || before?.trash === true,
        }
        placed.set(conversationId, { ...change, leaves })
      }
    }
    const now = clock.now()
    await lockWanted(tx, new Set([...seen.keys(), ...unread.keys(), ...placed.keys()]))
    await record(tx, 'mark-read', await wantSeen(tx, [...seen.values()], now, full), seen)
    await record(tx, 'mark-unread', await wantUnseen(tx, [...unread.keys()], now, full), unread)
    await record(tx, 'move', await wantPlaces(tx, [...placed.values()], now, full), placed)
  }

  /** One entry per person, mailbox and effect, not one per message. */
  async function record(
    tx: Tx,
    effect: 'mark-read' | 'mark-unread' | 'move',
    wanted: readonly Wanted[],
    changes: ReadonlyMap<ConversationId, ConversationChange>,
  ): Promise<void> {
    const entries = Map.groupBy(
      wanted,
      ({ conversationId, emailAccountId }) => `${emailAccountId} ${changes.get(conversationId)!.by}`,
    )
    for (const rows of entries.values()) {
      const { conversationId, emailAccountId } = rows[0]!
      const conversations = new Set(rows.map((row) => row.conversationId))
      await audit.record(tx, {
        action: 'account_action.requested',
        actor: changes.get(conversationId)!.by,
        subject: emailAccountId,
        detail: {
          effect,
          conversations: conversations.size,
          messages: rows.length,
          conversationId: conversations.size === 1 ? conversationId : undefined,
        },
      })
    }
  }

  return { processPage }
}
