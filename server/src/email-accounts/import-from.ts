import type { Clock } from '../kernel/clock.ts'

const MOST_IMPORT_DAYS = 3650
const DAY_MS = 24 * 60 * 60 * 1000

/** Start of the import; older mail is not imported. */
export function importFrom(clock: Clock, days: number): Date {
  return new Date(clock.now().getTime() - Math.min(Math.max(days, 0), MOST_IMPORT_DAYS) * DAY_MS)
}
