import { language } from '../words/index.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** `4 min. ago`, `yesterday`, `Nov 3`: less exact for older times. */
export function nearTime(at: Date, now: Date, locale: string = language): string {
  const age = now.getTime() - at.getTime()
  const distance = Math.abs(age)
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  if (distance < MINUTE_MS) return ago.format(0, 'second')
  if (distance < HOUR_MS) return ago.format(-Math.trunc(age / MINUTE_MS), 'minute')
  if (distance < 12 * HOUR_MS) return ago.format(-Math.trunc(age / HOUR_MS), 'hour')
  if (distance < 6 * DAY_MS) return ago.format(-daysBetween(at, now), 'day')
  const sameYear = at.getFullYear() === now.getFullYear()
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    ...(!sameYear && { year: 'numeric' as const }),
  }).format(at)
}

export function exactTime(at: Date, locale: string = language): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }).format(at)
}

export function clockTime(at: Date, locale: string = language): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(at)
}

/** Number of midnights between the two, so that last evening is yesterday. */
function daysBetween(at: Date, now: Date): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
  return Math.round((midnight(now) - midnight(at)) / DAY_MS)
}
