import type { SeenActivity } from './state-file.ts'

/** Pause that a restart, an upgrade or a move to another container stays below. */
export const SHORT_PAUSE_MS = 15 * 60_000

export type RestoreReason = 'restored' | 'older' | 'other-database' | 'unknown-host'

/**
 * Decides whether the database is a restored backup.
 *
 * - `restored`: `postkey restore` has marked the database.
 * - `older`: this installation has recorded more activity than the database.
 * - `other-database`: this installation has recorded an epoch that is missing in the database, such as before a backup
 *   of an older version.
 * - `unknown-host`: this installation has no record of an active database, and no server has used it lately.
 *
 * @param current the epoch of the database; `undefined` before its first start
 * @param ended epochs that the database records as ended
 * @param isMarked the restore is recorded in the database, and no server has started since
 * @param seen activity recorded by this installation; `nothing` when the file is absent though it could be written,
 *   `not-kept` when it can't be written
 */
export function judge(
  { current, ended, isMarked }: { current: SeenActivity | undefined; ended: ReadonlySet<string>; isMarked: boolean },
  seen: SeenActivity | 'nothing' | 'not-kept',
  now: Date,
): RestoreReason | undefined {
  if (isMarked) return 'restored'
  if (seen === 'not-kept') return undefined
  if (seen === 'nothing') {
    const isIdle = current !== undefined && now.getTime() - current.at.getTime() > SHORT_PAUSE_MS
    return isIdle ? 'unknown-host' : undefined
  }
  if (current?.epoch === seen.epoch) return current.counter < seen.counter ? 'older' : undefined
  return ended.has(seen.epoch) ? undefined : 'other-database'
}
