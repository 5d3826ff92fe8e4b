import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'

const MESSAGES_AT_ONCE = 2000

export interface StoredSizes {
  messages: number
  sources: number
  /** As stored, compressed. */
  sourceBytes: number
  attachments: number
  /** As listed in the messages, stored or not. */
  attachmentBytes: number
}

/** A count that continues after the message `after`. */
export interface SizesSoFar {
  sum: StoredSizes
  after: string
}

export const NO_SIZES: SizesSoFar = {
  sum: { messages: 0, sources: 0, sourceBytes: 0, attachments: 0, attachmentBytes: 0 },
  after: '',
}

/** Adds the next stored messages of a mailbox, a bounded number. `isComplete` after the last one. */
export async function addUpSizes(
  db: Kysely<Schema>,
  accountId: EmailAccountId,
  { sum, after }: SizesSoFar,
): Promise<SizesSoFar & { isComplete: boolean }> {
  const { rows } = await sql<StoredSizes & { last: string | null }>`
    WITH page AS MATERIALIZED (SELECT remote_id, id FROM messages
      WHERE email_account_id = ${accountId} AND remote_id > ${after} ORDER BY remote_id LIMIT ${MESSAGES_AT_ONCE})
    SELECT max(remote_id) AS last, count(*)::float8 AS messages, count(source.size)::float8 AS sources,
      coalesce(sum(source.size), 0)::float8 AS "sourceBytes", coalesce(sum(listed.count), 0)::float8 AS attachments,
      coalesce(sum(listed.size), 0)::float8 AS "attachmentBytes"
    FROM page
    LEFT JOIN LATERAL (SELECT octet_length(content) AS size FROM message_sources WHERE message_id = page.id) AS source ON true
    LEFT JOIN LATERAL (SELECT count(*) AS count, sum(size_bytes) AS size FROM attachments WHERE message_id = page.id)
      AS listed ON true`.execute(db)
  const { last, ...sizes } = rows[0]!
  const next = { ...sum }
  for (const key of Object.keys(sum) as (keyof StoredSizes)[]) next[key] += sizes[key]
  return { sum: next, after: last ?? after, isComplete: sizes.messages < MESSAGES_AT_ONCE }
}
