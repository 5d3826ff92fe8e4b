import { sql, type RawBuilder } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import { lockAccount } from '../threading/account-lock.ts'

/** Lists of the conversations that retention deletes. Open, waiting and snoozed ones stay. */
const LISTS = ['closed', 'spam', 'deleted'] as const
/** Messages of one transaction: short enough not to delay the filing of new mail. */
const MESSAGES_AT_ONCE = 200
const CONVERSATIONS_AT_ONCE = 100

/** Most messages, and most bytes of their sources, of one transaction. A single larger item is a batch of its own. */
export interface BatchSize {
  messages: number
  bytes: number
}

export const USUAL_BATCH: BatchSize = { messages: MESSAGES_AT_ONCE, bytes: 64 * 1024 * 1024 }

/** Mail of a mailbox without a message since `before`. */
export interface OldMail {
  accountId: EmailAccountId
  before: Date
}

/** Last conversation of a batch. `at` has microseconds. */
export interface OldPosition {
  list: number
  at: string
  id: string
}

export interface DeletedMail {
  conversations: number
  messages: number
  sources: number
  /** Bytes of sources, as stored. */
  bytes: number
}

export const NO_DELETED_MAIL: DeletedMail = { conversations: 0, messages: 0, sources: 0, bytes: 0 }

export const FIRST: OldPosition = { list: 0, at: '-infinity', id: '00000000-0000-0000-0000-000000000000' }

/**
 * Condition of old conversations of one list, on columns of `conversations`. Served by `conversations_by_time`.
 *
 * @param held  true: those that stay because of a legal hold
 */
function isOld({ accountId, before }: OldMail, list: string | undefined, held = false): RawBuilder<unknown> {
  return sql`email_account_id = ${accountId} AND listed_as = ${list} AND listed_at < ${before}
    AND held_at IS ${held ? sql`NOT NULL` : sql`NULL`} AND merged_into IS NULL`
}

/** Condition of old conversations after a position, oldest first. */
export function oldConversations(mail: OldMail, { list, at, id }: OldPosition): RawBuilder<unknown> {
  return sql`${isOld(mail, LISTS[list])} AND (listed_at, id) > (${at}::timestamptz, ${id}::uuid)`
}

/**
 * Old conversations of all lists, up to `most`, the newest of a list first: a shorter age concerns those.
 *
 * @param after  time from which conversations are counted
 * @returns a query of columns of `conversations`
 */
export function newestOld(
  mail: OldMail & { after?: Date | undefined; held?: boolean },
  most: number,
): RawBuilder<unknown> {
  const after = mail.after ? sql`AND listed_at >= ${mail.after}` : sql``
  const lists = LISTS.map(
    (list) => sql`(SELECT id, listed_at, message_count FROM conversations WHERE ${isOld(mail, list, mail.held)} ${after}
      ORDER BY listed_at DESC, id DESC LIMIT ${most})`,
  )
  return sql`${sql.join(lists, sql` UNION ALL `)} LIMIT ${most}`
}

/** Position after a batch whose last conversation is `last`; undefined after all lists. */
export function nextPosition({ list }: OldPosition, last: { at: string; id: string } | undefined) {
  if (last) return { list, at: last.at, id: last.id }
  return list + 1 < LISTS.length ? { ...FIRST, list: list + 1 } : undefined
}

/** Decides about conversations of a batch: returns those that may be deleted. */
export type Releases = (tx: Tx, ids: readonly ConversationId[]) => Promise<ConversationId[]>

/**
 * Deletes the next batch of old conversations with everything in them. A conversation stays while it is on hold, has a
 * draft, or has a message that the sync of its mailbox would import again.
 *
 * @param importedFrom  time from which each mailbox imports mail
 * @param release  called with the conversations to delete, before they are deleted; leaves out those that must stay
 * @returns also the other mailboxes whose mail was deleted, which must never import it again
 */
export async function deleteOldConversations(
  tx: Tx,
  mail: OldMail,
  after: OldPosition,
  importedFrom: readonly { id: EmailAccountId; at: Date }[],
  release: Releases,
  size: BatchSize = USUAL_BATCH,
): Promise<{ next: OldPosition | undefined; deleted: DeletedMail; origins: EmailAccountId[] }> {
  await lockAccount(tx, { id: mail.accountId })
  const { rows } = await sql<Candidate>`
    SELECT id, listed_at::text AS at, message_count AS messages FROM conversations WHERE ${oldConversations(mail, after)}
    ORDER BY listed_at, id LIMIT ${CONVERSATIONS_AT_ONCE} FOR UPDATE SKIP LOCKED`.execute(tx)
  const batch = await batchOf(tx, rows, size)
  const next = nextPosition(after, batch.at(-1))
  const ids = await release(tx, await deletable(tx, batch.map(({ id }) => id), importedFrom)) // prettier-ignore
  if (ids.length === 0) return { next, deleted: NO_DELETED_MAIL, origins: [] }
  const messages = tx.selectFrom('messages').where('conversation_id', 'in', ids)
  const moved = messages.where('email_account_id', '!=', mail.accountId).select('email_account_id').distinct()
  const origins = (await moved.execute()).map((row) => row.email_account_id)
  return { next, deleted: await deleteAll(tx, ids), origins }
}

interface Candidate {
  id: ConversationId
  at: string
  messages: number
}

/** The first conversations that fit into a batch, one at least: a long conversation is deleted as a whole or not at all. */
async function batchOf(tx: Tx, rows: readonly Candidate[], size: BatchSize): Promise<readonly Candidate[]> {
  let messages = 0
  const few = rows.filter((row, index) => (messages += row.messages) <= size.messages || index === 0)
  if (few.length < 2) return few
  const { rows: sums } = await sql<{ id: ConversationId; bytes: number }>`
    SELECT conversation_id AS id, sum(octet_length(content))::float8 AS bytes
    FROM messages JOIN message_sources ON message_sources.message_id = messages.id
    WHERE conversation_id = ANY(${few.map(({ id }) => id)}::uuid[]) GROUP BY conversation_id`.execute(tx)
  const bytesOf = new Map(sums.map(({ id, bytes }) => [id, bytes]))
  let bytes = 0
  return few.filter(({ id }, index) => (bytes += bytesOf.get(id) ?? 0) <= size.bytes || index === 0)
}

async function deletable(
  tx: Tx,
  ids: readonly ConversationId[],
  importedFrom: readonly { id: EmailAccountId; at: Date }[],
): Promise<ConversationId[]> {
  const { rows } = await sql<{ id: ConversationId }>`SELECT id FROM conversations WHERE id = ANY(${ids}::uuid[])
    AND NOT EXISTS (SELECT FROM drafts WHERE conversation_id = conversations.id AND discarded_at IS NULL)
    AND NOT EXISTS (SELECT FROM messages LEFT JOIN unnest(${importedFrom.map((each) => each.id)}::uuid[],
        ${importedFrom.map(({ at }) => at)}::timestamptz[]) AS origin(id, imports_from) ON origin.id = messages.email_account_id
      WHERE messages.conversation_id = conversations.id AND messages.received_at >= origin.imports_from)`.execute(tx)
  return rows.map(({ id }) => id)
}

async function deleteAll(tx: Tx, ids: readonly ConversationId[]): Promise<DeletedMail> {
  const deleted = await deleteMessages(tx, sql`SELECT id FROM messages WHERE conversation_id = ANY(${ids}::uuid[])`)
  await sql`DELETE FROM conversations WHERE id = ANY(${ids}::uuid[])`.execute(tx)
  return { ...deleted, conversations: ids.length }
}

/** Deletes messages and their sources. */
export async function deleteMessages(tx: Tx, chosen: RawBuilder<unknown>): Promise<Omit<DeletedMail, 'conversations'>> {
  const { rows } = await sql<{ sources: number; bytes: number; messages: number }>`
    WITH chosen AS MATERIALIZED (${chosen}),
    gone AS (DELETE FROM message_sources USING chosen WHERE message_id = chosen.id RETURNING octet_length(content) AS size)
    SELECT (SELECT count(*)::float8 FROM gone) AS sources, (SELECT coalesce(sum(size), 0)::float8 FROM gone) AS bytes,
      (SELECT count(*)::float8 FROM chosen) AS messages`.execute(tx)
  await sql`DELETE FROM messages WHERE id IN (${chosen})`.execute(tx)
  return rows[0]!
}
