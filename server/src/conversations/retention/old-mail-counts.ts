import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { OldMail } from './old-conversations.ts'

/** Counting ends here, so that the cost is bounded: a count of this many conversations means *at least*. */
export const MOST_OLD_COUNTED = 50_000

/** Conversations that retention would delete, and their messages. Those with a draft are included. */
export async function countOldMail(
  db: Kysely<Schema>,
  mail: OldMail,
): Promise<{ conversations: number; messages: number }> {
  const { rows } = await sql<{ conversations: number; messages: number }>`
    SELECT count(*)::float8 AS conversations, coalesce(sum(message_count), 0)::float8 AS messages
    FROM (${old(mail)}) AS old`.execute(db)
  return rows[0]!
}

/** Sources that retention would delete, and their bytes as stored. */
export async function countOldSources(
  db: Kysely<Schema>,
  mail: OldMail,
  only: 'all' | 'attachments',
): Promise<{ conversations: number; sources: number; bytes: number }> {
  const { rows } = await sql<{ conversations: number; sources: number; bytes: number }>`
    WITH old AS MATERIALIZED (${old(mail)})
    SELECT (SELECT count(*)::float8 FROM old) AS conversations, count(*)::float8 AS sources,
      coalesce(sum(octet_length(content)), 0)::float8 AS bytes
    FROM old JOIN messages ON conversation_id = old.id JOIN message_sources ON message_sources.message_id = messages.id
    WHERE messages.received_at < ${mail.before} ${only === 'attachments' ? sql`AND messages.has_attachments` : sql``}`.execute(
    db,
  )
  return rows[0]!
}

function old({ accountId, before }: OldMail) {
  return sql`SELECT id, message_count FROM conversations WHERE email_account_id = ${accountId}
    AND listed_as IN ('closed', 'spam', 'deleted') AND listed_at < ${before} AND held_at IS NULL AND merged_into IS NULL
    LIMIT ${MOST_OLD_COUNTED}`
}
