import { sql, type Selectable } from 'kysely'
import { isOutsideInbox, shownIn as shownInOf } from '../conversations/index.ts'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { VisibleAccounts } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ConversationId, EmailAccountId, PersonId } from '../kernel/ids.ts'
import { KEPT_FOR_MS, MOST_KEPT, type NewNotification, type PersonNotification } from './notification.ts'

/** Entries to mark: some, those of a conversation, or all up to one. */
export type Marked = { ids: readonly number[] } | { conversationId: ConversationId } | { upTo: number }

export interface NotificationPage {
  /** Newest first. */
  notifications: PersonNotification[]
  /** Pass it as `before` for the next page; undefined on the last one. */
  next: number | undefined
  /** Unread entries, on all pages. */
  unread: number
}

/** Entries of people. A person sees those of mailboxes to which they have access now. */
export interface NotificationEntries {
  list(
    person: PersonId,
    visible: VisibleAccounts,
    page: { before?: number | undefined; limit: number },
  ): Promise<NotificationPage>
  /** @returns ids of the entries that were unread, so that the change can be undone */
  markRead(person: PersonId, marked: Marked): Promise<number[]>
  markUnread(person: PersonId, ids: readonly number[]): Promise<void>
  /**
   * Subscribes to changes on every server. The listener gets the person whose entries changed, or undefined after a lost
   * connection.
   */
  onChange(listener: (personId: string | undefined) => void): Promise<() => Promise<void>>
}

const CHANNEL = 'notifications'

export function createEntries({ database, clock }: { database: Database; clock: Clock }): NotificationEntries {
  const { db } = database

  function visibleTo(person: PersonId, visible: VisibleAccounts) {
    const mine = db
      .selectFrom('notifications')
      .where('user_id', '=', person)
      .where('at', '>', new Date(clock.now().getTime() - KEPT_FOR_MS))
      .where(isAnnounced)
    return visible === 'all' ? mine : mine.where(shownIn, '=', sql<never>`ANY (${[...visible]}::uuid[])`)
  }

  return {
    async list(person, visible, { before, limit }) {
      let page = visibleTo(person, visible).selectAll().select(shownIn.as('shown_in'))
      if (before !== undefined) page = page.where('id', '<', before)
      const [rows, { unread }] = await Promise.all([
        page
          .orderBy('id', 'desc')
          .limit(limit + 1)
          .execute(),
        visibleTo(person, visible)
          .where('read_at', 'is', null)
          .select(({ fn }) => fn.countAll<string>().as('unread'))
          .executeTakeFirstOrThrow(),
      ])
      const shown = rows.slice(0, limit)
      return {
        notifications: shown.map(toNotification),
        next: rows.length > limit ? shown.at(-1)!.id : undefined,
        unread: Number(unread),
      }
    },

    markRead: (person, marked) =>
      database.transaction(async (tx) => {
        let unread = tx
          .updateTable('notifications')
          .set({ read_at: clock.now() })
          .where('user_id', '=', person)
          .where('read_at', 'is', null)
        if ('ids' in marked) unread = unread.where('id', 'in', marked.ids)
        else if ('upTo' in marked) unread = unread.where('id', '<=', marked.upTo)
        else unread = unread.where('conversation_id', '=', marked.conversationId)
        const changed = await unread.returning('id').execute()
        if (changed.length > 0) await database.notify(tx, CHANNEL, person)
        return changed.map(({ id }) => id)
      }),

    markUnread: (person, ids) =>
      database.transaction(async (tx) => {
        await tx
          .updateTable('notifications')
          .set({ read_at: null })
          .where('user_id', '=', person)
          .where('id', 'in', ids)
          .execute()
        await database.notify(tx, CHANNEL, person)
      }),

    onChange: (listener) => database.listen(CHANNEL, listener),
  }
}

/** True unless it announces mail of a conversation that is in Spam or Deleted now, also by a merge. */
export const isAnnounced = sql<boolean>`NOT (notifications.kind IN ('unassigned', 'answered', 'followed')
  AND ${isOutsideInbox(sql.ref('notifications.conversation_id'))})`

/** Mailbox whose agents may see an entry: that of its conversation, which may have moved since. */
export const shownIn = shownInOf('notifications')

/** Writes entries, deletes those beyond the limits, and notifies the browsers of their people. */
export async function writeEntries(
  tx: Tx,
  { database, clock }: { database: Database; clock: Clock },
  entries: readonly NewNotification[],
): Promise<void> {
  if (entries.length === 0) return
  const column = <T>(of: (entry: NewNotification) => T) => entries.map(of)
  // One parameter per column: a page of events for forty people has more values than a statement has parameters.
  const { rows: written } = await sql<{ user_id: string }>`
    INSERT INTO notifications
      (user_id, event_id, kind, email_account_id, conversation_id, subject, sender, caused_by, at)
    SELECT user_id, event_id, kind, email_account_id, conversation_id, subject, sender, caused_by, at
    FROM unnest(${column(({ personId }) => personId)}::text[], ${column(({ eventId }) => eventId)}::bigint[],
      ${column(({ kind }) => kind)}::text[], ${column(({ emailAccountId }) => emailAccountId)}::uuid[],
      ${column(({ conversationId }) => conversationId ?? null)}::uuid[], ${column(({ subject }) => subject)}::text[],
      ${column(({ sender }) => sender ?? null)}::text[], ${column(({ by }) => by ?? null)}::text[],
      ${column(({ at }) => at)}::timestamptz[]) WITH ORDINALITY
      AS entry(user_id, event_id, kind, email_account_id, conversation_id, subject, sender, caused_by, at, place)
    ORDER BY place
    ON CONFLICT (user_id, event_id) DO NOTHING
    RETURNING user_id`.execute(tx)
  const people = [...new Set(written.map(({ user_id }) => user_id))]
  const oldest = new Date(clock.now().getTime() - KEPT_FOR_MS)
  for (const person of people) {
    await sql`
      DELETE FROM notifications WHERE user_id = ${person} AND (at <= ${oldest} OR id <= (
        SELECT id FROM notifications WHERE user_id = ${person} ORDER BY id DESC OFFSET ${MOST_KEPT} LIMIT 1))`.execute(
      tx,
    )
    await database.notify(tx, CHANNEL, person)
  }
}

export function toNotification(
  row: Omit<Selectable<Schema['notifications']>, 'email_account_id'> & { shown_in: EmailAccountId },
): PersonNotification {
  return {
    id: row.id,
    kind: row.kind,
    emailAccountId: row.shown_in,
    conversationId: row.conversation_id ?? undefined,
    subject: row.subject,
    sender: row.sender ?? undefined,
    by: row.caused_by ?? undefined,
    at: row.at,
    readAt: row.read_at ?? undefined,
  }
}
