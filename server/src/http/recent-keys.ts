import { createHash } from 'node:crypto'
import { isDatabaseError } from '../kernel/errors.ts'
import type { ProgramCaller } from './caller.ts'

/** Time for which a checked key is accepted while the database cannot check it again. */
const REMEMBERED_MS = 15 * 60_000
/** Together with reading the metrics, shorter than the timeout of a scraper (10 s). */
const CHECK_WITHIN_MS = 2_000
const MOST_KEYS = 100

export type RecentKeys = ReturnType<typeof createRecentKeys>

/**
 * Accepts API keys during a database outage, so that monitoring continues; for routes that respond without the
 * database.
 */
export function createRecentKeys({ checkWithinMs = CHECK_WITHIN_MS } = {}) {
  const checked = new Map<string, { caller: ProgramCaller; atMs: number }>()

  /**
   * Returns the caller of `check`; if the database does not respond in time, the earlier caller with the same header and address.
   *
   * @throws what `check` throws, when the key was not checked in the last 15 minutes or is refused now
   */
  async function resolve(authorizationAndAddress: string, check: Promise<ProgramCaller>): Promise<ProgramCaller> {
    const digest = createHash('sha256').update(authorizationAndAddress).digest('base64')
    const known = checked.get(digest)
    const recent = known && performance.now() - known.atMs < REMEMBERED_MS ? known.caller : undefined
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((done) => (timer = setTimeout(() => done(undefined), checkWithinMs)))
    try {
      const caller = await (recent ? Promise.race([check, late]) : check)
      if (caller) remember(digest, caller)
      return caller ?? recent!
    } catch (error) {
      if (recent && isDatabaseError(error)) return recent
      checked.delete(digest)
      throw error
    } finally {
      clearTimeout(timer)
      // Its error is ignored once the remembered caller is used.
      check.catch(() => undefined)
    }
  }

  function remember(digest: string, caller: ProgramCaller): void {
    checked.delete(digest)
    checked.set(digest, { caller, atMs: performance.now() })
    const [oldest] = checked.keys()
    if (checked.size > MOST_KEYS && oldest !== undefined) checked.delete(oldest)
  }

  return { resolve }
}
