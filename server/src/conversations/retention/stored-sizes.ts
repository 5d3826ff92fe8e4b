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

/**
 * Adds up the stored messages of a mailbox, a bounded number per statement.
 *
 * @param pace  runs each statement
 * @returns undefined if `end` was aborted before
 */
export async function addUpSizes(
  db: Kysely<Schema>,
  accountId: EmailAccountId,
  pace: <T>(page: () => Promise<T>) => Promise<T>,
  end: AbortSignal,
): Promise<StoredSizes | undefined> {
  const sum: StoredSizes = { messages: 0, sources: 0, sourceBytes: 0, attachments: 0, attachmentBytes: 0 }
  let after = ''
  while (!end.aborted) {
    const page = sql<StoredSizes & { last: string | null }>`
      WITH page AS MATERIALIZED (SELECT remote_id, id FROM messages
        WHERE email_account_id = ${accountId} AND remote_id > ${after} ORDER BY remote_id LIMIT ${MESSAGES_AT_ONCE})
      SELECT max(remote_id) AS last, count(*)::float8 AS messages, count(source.size)::float8 AS sources,
        coalesce(sum(source.size), 0)::float8 AS "sourceBytes", coalesce(sum(listed.count), 0)::float8 AS attachments,
        coalesce(sum(listed.size), 0)::float8 AS "attachmentBytes"
      FROM page
      LEFT JOIN LATERAL (SELECT octet_length(content) AS size FROM message_sources WHERE message_id = page.id) AS source ON true
      LEFT JOIN LATERAL (SELECT count(*) AS count, sum(size_bytes) AS size FROM attachments WHERE message_id = page.id)
        AS listed ON true`
    const { last, ...sizes } = (await pace(() => page.execute(db))).rows[0]!
    for (const key of Object.keys(sum) as (keyof StoredSizes)[]) sum[key] += sizes[key]
    if (last === null || sizes.messages < MESSAGES_AT_ONCE) return sum
    after = last
  }
  return undefined
}
