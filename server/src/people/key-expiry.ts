import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { fillText } from '../kernel/errors.ts'
import { shownTime } from '../kernel/shown-time.ts'
import { createTicker, type Ticker } from '../kernel/ticker.ts'
import { TEXTS } from './texts.ts'

const MINUTE_MS = 60 * 1000
const DAY_MS = 24 * 60 * MINUTE_MS
const EVERY_MS = 60 * MINUTE_MS
const DEADLINE_MS = 5 * MINUTE_MS
/** Thresholds of alerts, in days before the expiry. */
const DAYS_BEFORE = [14, 1] as const
/** Keys of one round; those that expire first. */
const MOST_KEYS = 1000

export interface KeyExpiryDeps {
  database: Database
  clock: Clock
  /** Sends an alert once per key, by all configured channels. Implemented by `Alerts.enqueue`. */
  alerts: {
    enqueue(
      tx: Tx,
      alert: {
        key: string
        kind: 'api_key.expiry_announced'
        to: readonly string[]
        subject: string
        text: string
        payload: Readonly<Record<string, unknown>>
      },
    ): Promise<unknown>
  }
  publicUrl: string
  onError: (error: unknown) => void
}

/** Warns the owner of an API key before it expires: 14 days and one day before. */
export function createKeyExpiry({ database, clock, alerts, publicUrl, onError }: KeyExpiryDeps): Ticker {
  async function run(): Promise<void> {
    const now = clock.now()
    const rows = await database.db
      .selectFrom('api_keys')
      .innerJoin('users', 'users.id', 'api_keys.created_by')
      .select(['api_keys.id', 'api_keys.name', 'prefix', 'expires_at', 'last_used_at', 'users.email'])
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .where('expires_at', '<=', new Date(now.getTime() + DAYS_BEFORE[0] * DAY_MS))
      .orderBy('expires_at')
      .limit(MOST_KEYS)
      .execute()
    for (const row of rows) {
      const alert = warning({ ...row, expiresAt: row.expires_at!, lastUsedAt: row.last_used_at }, now, publicUrl)
      await database.transaction((tx) => alerts.enqueue(tx, alert))
    }
  }
  return createTicker({ name: 'people.key-expiry', clock, everyMs: EVERY_MS, deadlineMs: DEADLINE_MS, run, onError })
}

interface ExpiringKey {
  id: string
  name: string
  prefix: string
  email: string
  expiresAt: Date
  lastUsedAt: Date | null
}

function warning({ id, name, prefix, email, expiresAt, lastUsedAt }: ExpiringKey, now: Date, publicUrl: string) {
  const leftMs = expiresAt.getTime() - now.getTime()
  const threshold = DAYS_BEFORE.findLast((days) => leftMs <= days * DAY_MS)!
  const daysLeft = Math.ceil(leftMs / DAY_MS)
  const span = daysLeft === 1 ? TEXTS.withinDay : fillText(TEXTS.inDays, { count: String(daysLeft) })
  return {
    key: `api-key-ending:${id}:${threshold}`,
    kind: 'api_key.expiry_announced',
    to: [email],
    subject: fillText(TEXTS.expirySubject, { name, span }),
    text: [
      fillText(TEXTS.expiryOpening, { name, prefix, span, date: shownTime(expiresAt) }),
      lastUsedAt ? fillText(TEXTS.lastUsed, { date: shownTime(lastUsedAt) }) : TEXTS.neverUsed,
      '',
      TEXTS.replace,
      `${publicUrl}/settings`,
    ].join('\n'),
    payload: { apiKeyId: id, name, prefix, expiresAt: expiresAt.toISOString(), daysLeft },
  } as const
}
