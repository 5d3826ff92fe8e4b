import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'

/**
 * Describes the effect of an outage in one sentence. Counted when the database is back, before delayed messages are
 * sent.
 */
export async function effectOf(db: Kysely<Schema>, since: Date, endedAt: Date): Promise<string> {
  const { rows } = await sql<{ unread: number; waiting: number }>`SELECT
    (SELECT count(*) FROM email_accounts WHERE state <> 'paused' AND created_at < ${endedAt}
      AND coalesce(last_read_at, created_at) < ${endedAt}) AS unread,
    (SELECT count(*) FROM submissions WHERE state IN ('queued', 'sending') AND created_at < ${endedAt}) AS waiting`.execute(
    db,
  )
  const { unread, waiting } = rows[0]!
  const read = `${counted(unread, 'mailbox was', 'mailboxes were')} not read from ${timeOf(since)} to ${timeOf(endedAt)}`
  return `${read}; ${counted(waiting, 'outgoing message', 'outgoing messages')} waited. Nothing is lost: reading and sending continue where they stopped.`
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

export function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
