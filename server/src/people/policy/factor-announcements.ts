import type { Database } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { fillText } from '../../kernel/errors.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import { createTicker, type Ticker } from '../../kernel/ticker.ts'
import type { PersonalAlerts } from '../security-mail.ts'
import { TEXTS } from '../texts.ts'
import { peopleWithoutFactor, type PersonWithoutFactor } from './without-factor.ts'

const MINUTE_MS = 60 * 1000
const DAY_MS = 24 * 60 * MINUTE_MS
const EVERY_MS = 60 * MINUTE_MS
const DEADLINE_MS = 5 * MINUTE_MS
/** Thresholds of emails, in days before the factor is required. */
const DAYS_BEFORE = [7, 1] as const

export interface FactorAnnouncementsDeps {
  database: Database
  clock: Clock
  /** Clock of sessions, by which the requirement begins. */
  sessionClock: Clock
  publicUrl: URL
  alerts: PersonalAlerts
  onError: (error: unknown) => void
}

/**
 * Emails each person without a second factor before one is required of them: a week and one day before. The key of the
 * alert is stored, so that several servers and restarts send each email once. Without a relay, none is stored, so that
 * one that is set up later still sends it.
 */
export function createFactorAnnouncements(deps: FactorAnnouncementsDeps): Ticker {
  const { database, clock, sessionClock, publicUrl, alerts, onError } = deps

  async function run(over: AbortSignal): Promise<void> {
    for (const person of await peopleWithoutFactor(database.db)) {
      if (over.aborted) return
      const alert = announcement(person, sessionClock.now(), publicUrl)
      // A failure must not delay the emails of others.
      if (alert) await database.transaction((tx) => alerts.enqueue(tx, alert)).catch(onError)
    }
  }

  return createTicker({
    ...{ name: 'people.factor-announcements', clock, everyMs: EVERY_MS, deadlineMs: DEADLINE_MS, run, onError },
  })
}

function announcement({ id, email, requiredFrom }: PersonWithoutFactor, now: Date, publicUrl: URL) {
  if (!requiredFrom || requiredFrom <= now) return undefined
  const leftMs = requiredFrom.getTime() - now.getTime()
  const threshold = DAYS_BEFORE.findLast((days) => leftMs <= days * DAY_MS)
  if (threshold === undefined) return undefined
  const time = shownTime(requiredFrom)
  return {
    key: `second-factor:${id}:${requiredFrom.toISOString()}:${threshold}`,
    kind: 'person.security_announced',
    isPersonal: true,
    to: [email],
    subject: fillText(TEXTS.factorSubject, { date: time.slice(0, 10) }),
    text: [
      fillText(TEXTS.factorOpening, { time }),
      '',
      TEXTS.factorSteps,
      `${publicUrl.origin}/account`,
      '',
      TEXTS.factorReason,
    ].join('\n'),
    payload: { personId: id, news: 'second_factor_required', requiredFrom: requiredFrom.toISOString() },
  } as const
}
