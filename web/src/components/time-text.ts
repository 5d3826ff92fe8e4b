import { language } from '../words/index.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** `4 min. ago`, `yesterday`, `Nov 3`: less exact for older times. */
export function nearTime(at: Date, now: Date, locale: string = language): string {
  const age = now.getTime() - at.getTime()
  const distance = Math.abs(age)
  const { ago, day, dayAndYear } = formatsOf(locale)
  if (distance < MINUTE_MS) return ago.format(0, 'second')
  if (distance < HOUR_MS) return ago.format(-Math.trunc(age / MINUTE_MS), 'minute')
  if (distance < 12 * HOUR_MS) return ago.format(-Math.trunc(age / HOUR_MS), 'hour')
  if (distance < 6 * DAY_MS) return ago.format(-daysBetween(at, now), 'day')
  const sameYear = at.getFullYear() === now.getFullYear()
  return (sameYear ? day : dayAndYear).format(at)
}

/** For a narrow column: `9:41 AM` today, `Tue` in the last six days, else `Mar 12`. */
export function listTime(at: Date, now: Date, locale: string = language): string {
  const { clock, weekday, day, dayAndYear } = formatsOf(locale)
  const days = daysBetween(at, now)
  if (days === 0) return clock.format(at)
  if (days > 0 && days < 7) return weekday.format(at)
  return (at.getFullYear() === now.getFullYear() ? day : dayAndYear).format(at)
}

/** `3:00 PM` today, `Tue 9:00 AM` within six days, `Dec 3, 9:00 AM` later. */
export function upcomingTime(at: Date, now: Date, locale: string = language): string {
  const { clock, weekdayAndTime, later, laterAndYear } = formatsOf(locale)
  const days = daysBetween(at, now)
  if (days === 0) return clock.format(at)
  if (days < 0 && days > -7) return weekdayAndTime.format(at)
  return (at.getFullYear() === now.getFullYear() ? later : laterAndYear).format(at)
}

export function exactTime(at: Date, locale: string = language): string {
  return formatsOf(locale).exact.format(at)
}

export function clockTime(at: Date, locale: string = language): string {
  return formatsOf(locale).clock.format(at)
}

const formats = new Map<string, ReturnType<typeof createFormats>>()

/** Created once: that takes longer than formatting, and a long conversation shows hundreds of times. */
function formatsOf(locale: string): ReturnType<typeof createFormats> {
  const known = formats.get(locale) ?? createFormats(locale)
  formats.set(locale, known)
  return known
}

function createFormats(locale: string) {
  return {
    ago: new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }),
    day: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' }),
    dayAndYear: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }),
    weekday: new Intl.DateTimeFormat(locale, { weekday: 'short' }),
    exact: new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }),
    clock: new Intl.DateTimeFormat(locale, { timeStyle: 'short' }),
    weekdayAndTime: new Intl.DateTimeFormat(locale, { weekday: 'short', hour: 'numeric', minute: '2-digit' }),
    later: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }),
    laterAndYear: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
  }
}

/** Number of midnights between the two, so that last evening is yesterday. */
function daysBetween(at: Date, now: Date): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
  return Math.round((midnight(now) - midnight(at)) / DAY_MS)
}
