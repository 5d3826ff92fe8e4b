import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import { fillText } from '../kernel/errors.ts'
import { TEXTS } from './texts.ts'

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
  return fillText(TEXTS.effect, {
    unread: unread === 1 ? TEXTS.oneMailbox : fillText(TEXTS.mailboxes, { count: String(unread) }),
    since: timeOf(since),
    until: timeOf(endedAt),
    waiting: waiting === 1 ? TEXTS.oneMessage : fillText(TEXTS.messages, { count: String(waiting) }),
  })
}

export function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
