import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { newestOld, type OldMail } from './old-conversations.ts'
import { STORED_SOURCES } from './old-sources.ts'

/**
 * Conversations that retention would delete, and their messages. Those with a draft are included.
 *
 * @param most  conversations that are counted
 */
export async function countOldMail(
  db: Kysely<Schema>,
  mail: OldMail,
  most: number,
): Promise<{ conversations: number; messages: number; isAtLimit: boolean }> {
  const { rows } = await sql<{ conversations: number; messages: number }>`
    SELECT count(*)::float8 AS conversations, coalesce(sum(message_count), 0)::float8 AS messages
    FROM (${newestOld(mail, most)}) AS old`.execute(db)
  return { ...rows[0]!, isAtLimit: rows[0]!.conversations === most }
}

/** Conversations that retention would delete, were they not on legal hold, up to `most`. */
export async function countOldOnHold(db: Kysely<Schema>, mail: OldMail, most: number): Promise<number> {
  const held = newestOld({ ...mail, held: true }, most)
  const { rows } = await sql<{ count: number }>`SELECT count(*)::float8 AS count FROM (${held}) AS old`.execute(db)
  return rows[0]!.count
}

/** Sources of a mailbox: all that are older than `all`, and those with attachments that are older than `attachments`. */
export interface OldSources {
  accountId: EmailAccountId
  all: Date | undefined
  attachments: Date | undefined
  /** Time before which conversations are deleted as a whole, so that their sources are not counted. */
  from: Date | undefined
}

/**
 * Sources that retention would delete without their messages, and their bytes as stored.
 *
 * @param most  conversations that are read, and sources that are counted
 */
export async function countOldSources(
  db: Kysely<Schema>,
  { accountId, all, attachments, from }: OldSources,
  most: number,
): Promise<{ sources: number; bytes: number; isAtLimit: boolean }> {
  const before = new Date(Math.max(Number(all ?? 0), Number(attachments ?? 0)))
  const time = (at: Date | undefined) => sql`${at ?? '-infinity'}::timestamptz`
  const { rows } = await sql<{ conversations: number; sources: number; bytes: number }>`
    WITH old AS MATERIALIZED (${newestOld({ accountId, before, after: from }, most)}),
    found AS (SELECT stored.bytes FROM old JOIN messages ON conversation_id = old.id
      CROSS JOIN LATERAL greatest(old.listed_at, messages.received_at) AS newest
      JOIN ${STORED_SOURCES} AS stored ON stored.message_id = messages.id
      WHERE newest < ${time(all)}
        OR newest < ${time(attachments)} AND coalesce(with_attachments, messages.has_attachments)
      LIMIT ${most})
    SELECT (SELECT count(*)::float8 FROM old) AS conversations, count(*)::float8 AS sources,
      coalesce(sum(bytes), 0)::float8 AS bytes FROM found`.execute(db)
  const { conversations, sources, bytes } = rows[0]!
  return { sources, bytes, isAtLimit: conversations === most || sources === most }
}
