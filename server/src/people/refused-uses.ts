import type { Clock } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** Maximum lines of a day; further uses are not logged. */
const MOST_LINES = 1000

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
  const logged = new Map<string, number>()
  return (use) => {
    const now = clock.now().getTime()
    // Entries are in the order of their times.
    for (const [known, at] of logged) {
      if (now - at < DAY_MS) break
      logged.delete(known)
    }
    const name = `${use.apiKeyId} ${use.code} ${use.clientAddress}`
    if (logged.has(name) || logged.size >= MOST_LINES) return false
    logged.set(name, now)
    log.warn(use, 'An API key was refused')
    return true
  }
}
