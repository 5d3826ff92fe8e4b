import { CATALOGUE, knownCode, type Remedy } from '../kernel/errors.ts'
import { remedyOf } from './causes.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/**
 * What passes by itself is an incident once it has lasted five minutes: a busy server, a restart of a router and the
 * longest pauses of `Retry-After` that are met daily are over by then. A bug is given the same time, because the next
 * try may meet another message.
 */
const OPENS_AFTER_MS: Readonly<Record<Remedy, number>> = {
  admin: 0,
  'sign-in': 0,
  bug: 5 * MINUTE_MS,
  wait: 5 * MINUTE_MS,
}

/** And is told after fifteen: until then nobody could do more than wait, either. */
const TOLD_AFTER_MS: Readonly<Record<Remedy, number>> = {
  admin: 0,
  'sign-in': 0,
  bug: 15 * MINUTE_MS,
  wait: 15 * MINUTE_MS,
}

export function opensAfter(code: string): number {
  return CATALOGUE[knownCode(code)].reportAtOnce ? 0 : OPENS_AFTER_MS[remedyOf(code)]
}

export function toldAfter(code: string): number {
  return CATALOGUE[knownCode(code)].reportAtOnce ? 0 : TOLD_AFTER_MS[remedyOf(code)]
}

/** Mailboxes that meet the same cause gather for so long before people are told, so that one mail names them all. */
export const SETTLES_FOR_MS = 20 * SECOND_MS

/** What comes back within this time is the same incident. */
export const SAME_WITHIN_MS = 10 * MINUTE_MS

/**
 * The all-clear waits whether it lasts. Whoever has ended something waits for word of it and gets it after a minute;
 * what ended by itself may as well begin again by itself.
 */
const ALL_CLEAR_AFTER_MS: Readonly<Record<Remedy, number>> = {
  admin: MINUTE_MS,
  'sign-in': MINUTE_MS,
  bug: SAME_WITHIN_MS,
  wait: SAME_WITHIN_MS,
}

/**
 * What has come back already will do so again: people are not told every minute that it is over and that it is not. Whoever
 * ends it for good hears of it a little later.
 */
export function allClearAfter({ code, reopened }: { code: string; reopened: number }): number {
  return reopened > 0 ? SAME_WITHIN_MS : ALL_CLEAR_AFTER_MS[remedyOf(code)]
}

const REMINDERS_AFTER_MS = [HOUR_MS, 4 * HOUR_MS, 12 * HOUR_MS]
const THEN_EVERY_MS = 24 * HOUR_MS

/** The pause before the next reminder, after so many. */
export function reminderPause(reminders: number): number {
  return REMINDERS_AFTER_MS[reminders] ?? THEN_EVERY_MS
}
