import { CATALOGUE, knownCode, type Remedy } from '../kernel/errors.ts'
import { findRemedy } from './causes.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/**
 * Delay in milliseconds before a failure becomes an incident. Transient errors get five minutes. A busy server, a
 * restart of a router and the longest usual `Retry-After` pauses end within that time. A defect gets the same delay,
 * because the next attempt may process another message.
 */
const OPENS_AFTER_MS: Readonly<Record<Remedy, number>> = {
  admin: 0,
  'sign-in': 0,
  bug: 5 * MINUTE_MS,
  wait: 5 * MINUTE_MS,
}

/**
 * Delay in milliseconds before the alert. Transient errors get fifteen minutes, because an admin could only wait until
 * then.
 */
const TOLD_AFTER_MS: Readonly<Record<Remedy, number>> = {
  admin: 0,
  'sign-in': 0,
  bug: 15 * MINUTE_MS,
  wait: 15 * MINUTE_MS,
}

export function opensAfter(code: string): number {
  return CATALOGUE[knownCode(code)].reportAtOnce ? 0 : OPENS_AFTER_MS[findRemedy(code)]
}

export function toldAfter(code: string): number {
  return CATALOGUE[knownCode(code)].reportAtOnce ? 0 : TOLD_AFTER_MS[findRemedy(code)]
}

/**
 * Time in milliseconds in which mailboxes with the same cause are collected before the alert, so that one alert names
 * them all.
 */
export const SETTLES_FOR_MS = 20 * SECOND_MS

/** A failure that returns within this time, in milliseconds, reopens the same incident. */
export const SAME_WITHIN_MS = 10 * MINUTE_MS

/**
 * Delay of the all-clear in milliseconds, to be sure that the recovery lasts. After a fix by a user it is one minute. A
 * transient error may return without any action, so its delay is longer.
 */
const ALL_CLEAR_AFTER_MS: Readonly<Record<Remedy, number>> = {
  admin: MINUTE_MS,
  'sign-in': MINUTE_MS,
  bug: SAME_WITHIN_MS,
  wait: SAME_WITHIN_MS,
}

/**
 * Delay of the all-clear in milliseconds. After a reopened incident it is longer: a failure that has returned is likely
 * to return again, and repeated alerts are avoided.
 */
export function allClearAfter({ code, reopened }: { code: string; reopened: number }): number {
  return reopened > 0 ? SAME_WITHIN_MS : ALL_CLEAR_AFTER_MS[findRemedy(code)]
}

const REMINDERS_AFTER_MS = [HOUR_MS, 4 * HOUR_MS, 12 * HOUR_MS]
const THEN_EVERY_MS = 24 * HOUR_MS

/** Pause in milliseconds before the next reminder, after the given number of reminders. */
export function reminderPause(reminders: number): number {
  return REMINDERS_AFTER_MS[reminders] ?? THEN_EVERY_MS
}
