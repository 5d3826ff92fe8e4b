const DAY_MS = 24 * 60 * 60 * 1000

export const FEWEST_DAYS = 30
export const MOST_DAYS = 3650

/** Start of the day in UTC, so that a retention period ends once a day and not with every run. */
export function daysAgo(now: Date, days: number): Date {
  return new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - days * DAY_MS)
}
