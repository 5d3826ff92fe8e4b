import type { Clock } from '../kernel/clock.ts'

const MOST_IMPORT_DAYS = 3650
/** Age in days from which imported conversations arrive closed and read. */
export const CLOSES_OLDER_THAN_DAYS = 2
const DAY_MS = 24 * 60 * 60 * 1000

/** Time before which imported conversations arrive closed and read; null: all arrive open. */
export function importClosesBefore(clock: Clock, days: number | null): Date | null {
  return days === null ? null : importFrom(clock, days)
}

/** Start of the import; older mail is not imported. */
export function importFrom(clock: Clock, days: number): Date {
  return new Date(clock.now().getTime() - Math.min(Math.max(days, 0), MOST_IMPORT_DAYS) * DAY_MS)
}
