import { sql, type Kysely } from 'kysely'
import type { Database, Schema } from '../../database/index.ts'
import { appendWithin } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { createTicker, type Ticker } from '../../kernel/ticker.ts'

/** A conversation opens at most this long after the end of its snooze. */
const CHECK_EVERY_MS = 15_000
const ROUND_LIMIT_MS = 60_000
/** Maximum number of conversations per statement. */
const BATCH = 200
const LONGEST_MS = 366 * 24 * 60 * 60 * 1000

export interface Snoozes extends Pick<Ticker, 'start' | 'stop'> {
  /**
   * Opens all conversations in the inbox whose snooze has ended, and returns their number. One statement for 200 of them. Several
   * processes may run it at the same time.
   */
  wakeDue(): Promise<number>
}

export function createSnoozes(deps: {
  database: Database
  clock: Clock
  onError?: ((error: unknown) => void) | undefined
}): Snoozes {
  const { database, clock, onError = () => undefined } = deps

  async function wakeDue(over?: AbortSignal): Promise<number> {
    let total = 0
    for (;;) {
      const count = await database.oneStatement(wakeSome)
      total += count
      if (count < BATCH || over?.aborted) return total
    }
  }

  /** Rows that another process or an agent changes at the moment are left to the next round. */
  async function wakeSome(statement: Kysely<Schema>): Promise<number> {
    const now = clock.now()
    const { rows } = await sql<{ woken: string }>`
      WITH due AS MATERIALIZED (
        SELECT id FROM conversations WHERE listed_as = 'snoozed' AND snoozed_until <= ${now}
        ORDER BY snoozed_until LIMIT ${BATCH} FOR NO KEY UPDATE SKIP LOCKED
      ), woken AS (
        UPDATE conversations SET status = 'open', snoozed_until = NULL, woken_at = ${now}
        WHERE id IN (SELECT id FROM due) RETURNING id, email_account_id
      )
      SELECT ${appendWithin({
        rows: 'woken',
        kind: 'conversation.reopened',
        emailAccountId: sql`email_account_id`,
        subjectId: sql`id::text`,
        payload: { conversationId: sql`id`, by: sql`'snooze'::text` },
        at: now,
      })} AS woken`.execute(statement)
    return Number(rows[0]!.woken)
  }

  const ticker = createTicker({
    name: 'conversations.snoozes',
    clock,
    everyMs: CHECK_EVERY_MS,
    deadlineMs: ROUND_LIMIT_MS,
    run: async (over) => {
      await wakeDue(over)
    },
    onError,
  })

  return { wakeDue: () => wakeDue(), start: () => ticker.start(), stop: () => ticker.stop() }
}

export function requireSnoozeTime(until: Date, now: Date): void {
  const ms = until.getTime() - now.getTime()
  if (!(ms > 0 && ms <= LONGEST_MS)) throw new AppError('conversations.snooze_time')
}
