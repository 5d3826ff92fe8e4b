/**
 * Refreshes grants in the background: those that open a mailbox before their access tokens expire, all others once a
 * day. So the end of a grant is detected here, before a customer's message is delayed.
 */
import { sql } from 'kysely'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, type Scope } from '../kernel/errors.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker, type Ticker } from '../kernel/ticker.ts'
import type { KeptFresh } from './access-tokens.ts'

const LOOK_EVERY_MS = 5_000
/**
 * Deadline of a round, several times as long as one refresh. At half of it, the round leaves the rest to the next one.
 */
const DEADLINE_MS = 10 * 60_000
/** Duration of a claim, longer than two requests. After a crash, another process can claim the grant again. */
const CLAIM_MS = 2 * 60 * 1000
/** Maximum concurrent refreshes, so that a thousand due grants do not cause a thousand simultaneous requests. */
const AT_ONCE = 4
const BATCH = 100
/** Scopes of failures on the side of Postkey. */
const OURS: readonly Scope[] = ['us', 'key', 'database']
const ENDED = 'needs-sign-in'

export interface GrantKeeperDeps {
  database: Database
  clock: Clock
  accessTokens: Pick<KeptFresh, 'refreshDue'>
  log: Log
}

export function createKeeper({ database: { db }, clock, accessTokens, log }: GrantKeeperDeps): Ticker {
  async function run(_over: AbortSignal, late: AbortSignal): Promise<void> {
    for (;;) {
      const ids = await claim()
      const queue = ids.values()
      // A slow refresh delays only the grants after it in the same queue.
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (const id of queue) {
            if (late.aborted) return
            await refreshDue(id)
          }
        }),
      )
      if (ids.length < BATCH || late.aborted) return
    }
  }

  async function refreshDue(id: GrantId): Promise<void> {
    let isLearned = true
    try {
      await accessTokens.refreshDue(id)
    } catch (error) {
      // Microsoft's error is already stored in the grant, whose state triggers the notifications.
      if (!(error instanceof AppError)) throw error
      log.info({ grantId: id, code: error.code }, 'A grant could not be refreshed')
      if (OURS.includes(error.entry.scope)) return
      isLearned = false
    }
    let release = db.updateTable('grants').set({ refresh_claimed_until: null }).where('id', '=', id)
    // The failure changed nothing, so the grant stays claimed for a while. Otherwise such grants would starve the
    // others.
    if (!isLearned) release = release.where((eb) => eb.or([eb('next_try_at', 'is not', null), eb('state', '=', ENDED)]))
    await release.execute()
  }

  /** Claims due grants by setting the time of their next claim, so that processes claim different ones. */
  async function claim(): Promise<GrantId[]> {
    const now = clock.now()
    const until = new Date(now.getTime() + CLAIM_MS)
    const { rows } = await sql<{ id: GrantId }>`
      WITH due AS (
        SELECT id FROM grants
        WHERE state <> 'needs-sign-in'
          AND (next_try_at IS NULL OR next_try_at <= ${now})
          AND (refresh_claimed_until IS NULL OR refresh_claimed_until <= ${now})
          AND (
            refresh_due_at <= ${now}
            OR EXISTS (SELECT FROM email_accounts WHERE grant_id = grants.id AND email_accounts.state <> 'paused') AND (
              next_try_at IS NOT NULL
              OR EXISTS (SELECT FROM access_tokens WHERE grant_id = grants.id AND access_tokens.refresh_due_at <= ${now})
            )
          )
        ORDER BY refresh_due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
      )
      UPDATE grants SET refresh_claimed_until = ${until} FROM due WHERE grants.id = due.id RETURNING grants.id`.execute(
      db,
    )
    return rows.map(({ id }) => id)
  }

  return createTicker({
    name: 'tokens.keeper',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: DEADLINE_MS,
    run,
    onError: (error) => log.warn({ err: error }, 'Grants could not be looked after'),
  })
}
