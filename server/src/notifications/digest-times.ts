import { isWithin } from '../email-accounts/index.ts'
import type { QuietHours } from './notification.ts'

export const DIGEST_INTERVALS = ['off', 'quarter-hourly', 'hourly', 'daily'] as const

export type DigestInterval = (typeof DIGEST_INTERVALS)[number]

const QUARTER_MS = 15 * 60_000
const HOUR_MS = 60 * 60_000
/** Local time of the daily digest. */
const DAILY_AT = '08:00'
/** Quarters of the longest day, with a change to winter time. */
const MOST_STEPS = 101

/** Time of the digest after `after`: at quarters of an hour, full hours, or 08:00 in the time zone of the person. */
export function nextDigestAt(interval: Exclude<DigestInterval, 'off'>, timeZone: string, after: Date): Date {
  if (interval !== 'daily') return nextMultiple(after, interval === 'hourly' ? HOUR_MS : QUARTER_MS)
  return findQuarter(after, (at) => localTime(at, timeZone) === DAILY_AT)
}

/** The first quarter of an hour after the quiet hours; undefined when `at` is not in them. */
export function quietUntil(hours: QuietHours | undefined, timeZone: string, at: Date): Date | undefined {
  if (!hours) return undefined
  const isQuiet = (time: Date) => isWithin({ ...hours, timeZone, answers: 'within', days: [1, 2, 3, 4, 5, 6, 7] }, time)
  return isQuiet(at) ? findQuarter(at, (time) => !isQuiet(time)) : undefined
}

function findQuarter(after: Date, isWanted: (at: Date) => boolean): Date {
  let at = after
  for (let step = 0; step < MOST_STEPS; step++) {
    at = nextMultiple(at, QUARTER_MS)
    if (isWanted(at)) return at
  }
  return at
}

function nextMultiple(after: Date, ms: number): Date {
  return new Date((Math.floor(after.getTime() / ms) + 1) * ms)
}

function localTime(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)
}
