import type { Clock } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Maximum lines of a day; further uses are not logged. */
const MOST_LINES = 1000
/** Maximum lines of one key, so that a leaked one doesn't use up the lines of others. */
const MOST_LINES_OF_A_KEY = 100

export interface RefusedUse {
  apiKeyId: string
  prefix: string
  clientAddress: string
  code: ErrorCode
}

/**
 * Logs refused uses of known API keys, once a day per key, reason and client address. Returns true for a logged one.
 */
export function createRefusedUses({ clock, log }: { clock: Clock; log: Log }): (use: RefusedUse) => boolean {
  const logged = new Map<string, { at: number; apiKeyId: string }>()
  const linesOf = new Map<string, number>()
  const count = (apiKeyId: string, difference: number) => {
    const lines = (linesOf.get(apiKeyId) ?? 0) + difference
    if (lines > 0) linesOf.set(apiKeyId, lines)
    else linesOf.delete(apiKeyId)
  }
  return (use) => {
    const now = clock.now().getTime()
    // Entries are in the order of their times.
    for (const [known, { at, apiKeyId }] of logged) {
      if (now - at < DAY_MS) break
      logged.delete(known)
      count(apiKeyId, -1)
    }
    const name = `${use.apiKeyId} ${use.code} ${use.clientAddress}`
    if (logged.has(name) || logged.size >= MOST_LINES) return false
    if ((linesOf.get(use.apiKeyId) ?? 0) >= MOST_LINES_OF_A_KEY) return false
    logged.set(name, { at: now, apiKeyId: use.apiKeyId })
    count(use.apiKeyId, 1)
    log.warn(use, 'An API key was refused')
    return true
  }
}
