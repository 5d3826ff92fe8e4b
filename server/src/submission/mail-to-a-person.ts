import { sql } from 'kysely'
import type { Database, TextScan, Tx } from '../database/index.ts'
import type { ConversationId, StoredMessageId, SubmissionId } from '../kernel/ids.ts'
import type { Address } from '../mail/index.ts'
import { findInOutbox } from './mail-of-conversations.ts'

/** Texts that may name a person, apart from mail to the person. */
export const SUBMISSION_TEXTS = {
  submissions: {
    table: 'submissions',
    key: { column: 'id', type: 'uuid' },
    columns: ['content', 'state_detail', 'answers_by_itself'],
    action: 'count',
  },
  states: {
    table: 'sending_states',
    key: { column: 'email_account_id', type: 'uuid' },
    columns: ['trouble_upstream'],
    action: 'redact',
  },
} as const satisfies Record<string, TextScan>

/** True for a conversation with a message in the outbox, or with one that was written at or after `since`. */
export async function hasMailInUse(tx: Tx, id: ConversationId, since: Date | undefined): Promise<boolean> {
  if ((await findInOutbox(tx, [id])).size > 0) return true
  if (!since) return false
  const later = tx.selectFrom('submissions').select('id').where('conversation_id', '=', id)
  return (await later.where('created_at', '>=', since).limit(1).executeTakeFirst()) !== undefined
}

/** Deletes sent mail whose stored copies are about to be deleted. */
export async function deleteSubmissionsOfMessages(tx: Tx, ids: readonly StoredMessageId[]): Promise<void> {
  if (ids.length === 0) return
  await tx.deleteFrom('submissions').where('sent_message_id', 'in', ids).execute()
}

interface Recipients {
  id: SubmissionId
  to: Address[]
  cc: Address[] | null
  bcc: Address[] | null
}

/** Messages of the outbox with a recipient for whom `isWanted` holds. The states have indexes of their own. */
export async function countOutboxTo(
  db: Database['db'] | Tx,
  patterns: readonly string[],
  isWanted: (address: Address) => boolean,
): Promise<number> {
  const { rows } = await sql<Recipients>`SELECT id, ${RECIPIENTS} FROM (
      SELECT id, content FROM submissions WHERE state IN ('queued', 'sending')
      UNION ALL SELECT id, content FROM submissions WHERE state IN ('failed', 'unknown')
      UNION ALL SELECT id, content FROM submissions WHERE state = 'handed-over') AS unsent
    WHERE ${names(patterns)}`.execute(db)
  return rows.filter((row) => recipientsOf(row).some(isWanted)).length
}

/** Sent mail to delete. */
export interface SentMailTo {
  /** Patterns of SQL, of which one must match a recipient. */
  patterns: readonly string[]
  isTheirs: (recipients: readonly Address[]) => boolean
  before: Date
  /** Conversations whose messages stay. */
  keptIds: readonly ConversationId[]
}

/** Deletes the sent and canceled messages of a page that match. */
export async function deleteSentTo(
  tx: Tx,
  { patterns, isTheirs, before, keptIds }: SentMailTo,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<{ next: string | undefined; count: number }> {
  const { rows: page } = await sql<{ id: string }>`SELECT id FROM submissions
    ${after === undefined ? sql`` : sql`WHERE id > ${after}::uuid`} ORDER BY id LIMIT ${limit}`.execute(tx)
  const { rows } = await sql<Recipients>`SELECT id, ${RECIPIENTS} FROM submissions
    WHERE id = ANY(${page.map(({ id }) => id)}::uuid[]) AND state IN ('sent', 'canceled') AND created_at < ${before}
      AND ${names(patterns)} AND (conversation_id IS NULL OR conversation_id <> ALL(${keptIds}::uuid[]))
      AND NOT EXISTS (SELECT FROM conversations WHERE conversations.id = conversation_id AND held_at IS NOT NULL)`.execute(
    tx,
  )
  const ids = rows.filter((row) => isTheirs(recipientsOf(row))).map(({ id }) => id)
  if (ids.length > 0) await tx.deleteFrom('submissions').where('id', 'in', ids).execute()
  return { next: page.length < limit ? undefined : page.at(-1)!.id, count: ids.length }
}

const RECIPIENTS = sql`content -> 'to' AS "to", content -> 'cc' AS cc, content -> 'bcc' AS bcc`

function names(patterns: readonly string[]) {
  return sql`(content -> 'to')::text || coalesce((content -> 'cc')::text, '') || coalesce((content -> 'bcc')::text, '')
    ILIKE ANY(${patterns}::text[])`
}

function recipientsOf({ to, cc, bcc }: Recipients): Address[] {
  return [...to, ...(cc ?? []), ...(bcc ?? [])]
}
