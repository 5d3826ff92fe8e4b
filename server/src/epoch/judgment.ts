import type { SeenActivity } from './state-file.ts'

/** A restart, an upgrade or a move to another container takes less. */
export const SHORT_PAUSE_MS = 15 * 60_000

export type RestoreReason = 'older' | 'other-database' | 'unknown-host'

/**
 * Decides whether the database is a restored backup.
 *
 * - `older`: this installation has seen more than the database knows.
 * - `other-database`: this installation has seen an epoch of which the database knows nothing, such as before a backup
 *   of an older version.
 * - `unknown-host`: nothing is known here of a database that was active, and no server has used it lately.
 *
 * @param current  the epoch of the database; `undefined` before its first start
 * @param ended    epochs that the database knows to be over
 * @param seen     what this installation has seen; `nothing` where it could have been kept and is not there,
 *                 `not-kept` where it cannot be kept
 */
export function judge(
  { current, ended }: { current: SeenActivity | undefined; ended: ReadonlySet<string> },
  seen: SeenActivity | 'nothing' | 'not-kept',
  now: Date,
): RestoreReason | undefined {
  if (seen === 'not-kept') return undefined
  if (seen === 'nothing') {
    const isIdle = current !== undefined && now.getTime() - current.at.getTime() > SHORT_PAUSE_MS
    return isIdle ? 'unknown-host' : undefined
  }
  if (current?.epoch === seen.epoch) return current.counter < seen.counter ? 'older' : undefined
  return ended.has(seen.epoch) ? undefined : 'other-database'
}
