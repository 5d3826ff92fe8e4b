import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'

export interface OutboxFigures {
  /** Queued or being sent by connected accounts, with scheduled ones from their time on. */
  waiting: number
  scheduled: number
  failed: number
  unknown: number
  /** Start of the longest wait; null when none waits. */
  waitingSince: Date | null
}

/**
 * Unsent submissions. A message that can still be canceled, or is scheduled, doesn't wait yet, and those of a disconnected
 * account wait for nothing that monitoring should report. One query.
 */
export async function readOutboxFigures(db: Kysely<Schema>, now: Date): Promise<OutboxFigures> {
  // Literal states, so the planner can use the partial indexes.
  const { rows } = await sql<OutboxFigures>`
    SELECT count(*) FILTER (WHERE since <= ${now})::int AS waiting,
      count(*) FILTER (WHERE since > ${now})::int AS scheduled,
      min(since) FILTER (WHERE since <= ${now}) AS "waitingSince",
      (SELECT count(*)::int FROM submissions WHERE state IN ('failed', 'unknown') AND state = 'failed') AS failed,
      (SELECT count(*)::int FROM submissions WHERE state IN ('failed', 'unknown') AND state = 'unknown') AS unknown
    FROM (SELECT greatest(coalesce(waits_since, created_at), not_before) AS since FROM submissions
      WHERE state IN ('queued', 'sending')
        AND NOT EXISTS (SELECT FROM email_accounts WHERE id = email_account_id AND state = 'paused')) AS unsent`.execute(
    db,
  )
  return rows[0]!
}
