import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { fillText } from '../kernel/errors.ts'
import type { ApiKeyId } from '../kernel/ids.ts'
import { shownTime } from '../kernel/shown-time.ts'
import { createTicker, type Ticker } from '../kernel/ticker.ts'
import { TEXTS } from './texts.ts'

const MINUTE_MS = 60 * 1000
const DAY_MS = 24 * 60 * MINUTE_MS
const EVERY_MS = 60 * MINUTE_MS
const DEADLINE_MS = 5 * MINUTE_MS
/** Thresholds of alerts, in days before the expiry. */
const DAYS_BEFORE = [14, 1] as const
/** Keys of one query. */
const BATCH_ROWS = 1000

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
  /** {@link BATCH_ROWS} by default. */
  batchRows?: number
}

/** Warns the owner of an API key before it expires: 14 days and one day before. */
export function createKeyExpiry(deps: KeyExpiryDeps): Ticker {
  const { database, clock, alerts, publicUrl, onError, batchRows = BATCH_ROWS } = deps

  async function run(over: AbortSignal): Promise<void> {
    const now = clock.now()
    let after: ApiKeyId | undefined
    do {
      const rows = await expiringAfter(after, now)
      for (const row of rows) {
        if (over.aborted) return
        const alert = warning({ ...row, expiresAt: row.expiresAt! }, now, publicUrl)
        // A failure must not delay the warnings about other keys.
        await database.transaction((tx) => alerts.enqueue(tx, alert)).catch(onError)
      }
      after = rows.length === batchRows ? rows.at(-1)!.id : undefined
    } while (after !== undefined)
  }

  function expiringAfter(after: ApiKeyId | undefined, now: Date) {
    const query = database.db
      .selectFrom('api_keys')
      .innerJoin('users', 'users.id', 'api_keys.created_by')
      .select(['api_keys.id', 'api_keys.name', 'prefix', 'scopes', 'users.email'])
      .select(['expires_at as expiresAt', 'last_used_at as lastUsedAt', 'allowed_networks as allowedNetworks'])
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .where('expires_at', '<=', new Date(now.getTime() + DAYS_BEFORE[0] * DAY_MS))
      .orderBy('api_keys.id')
      .limit(batchRows)
    return (after === undefined ? query : query.where('api_keys.id', '>', after)).execute()
  }

  return createTicker({ name: 'people.key-expiry', clock, everyMs: EVERY_MS, deadlineMs: DEADLINE_MS, run, onError })
}

interface ExpiringKey {
  id: string
  name: string
  prefix: string
  email: string
  scopes: readonly string[]
  allowedNetworks: readonly string[]
  expiresAt: Date
  lastUsedAt: Date | null
}

function warning(key: ExpiringKey, now: Date, publicUrl: string) {
  const { id, name, prefix, email, scopes, allowedNetworks, expiresAt, lastUsedAt } = key
  const leftMs = expiresAt.getTime() - now.getTime()
  const threshold = DAYS_BEFORE.findLast((days) => leftMs <= days * DAY_MS)!
  const daysLeft = Math.ceil(leftMs / DAY_MS)
  const span = daysLeft === 1 ? TEXTS.withinDay : fillText(TEXTS.inDays, { count: String(daysLeft) })
  const networks = allowedNetworks.length === 0 ? TEXTS.allNetworks : allowedNetworks.join(', ')
  return {
    key: `api-key-expiry:${id}:${threshold}`,
    kind: 'api_key.expiry_announced',
    to: [email],
    subject: fillText(TEXTS.expirySubject, { name, span }),
    text: [
      fillText(TEXTS.expiryOpening, { name, prefix, span }),
      fillText(TEXTS.refusedFrom, { date: shownTime(expiresAt) }),
      lastUsedAt ? fillText(TEXTS.lastUsed, { date: shownTime(lastUsedAt) }) : TEXTS.neverUsed,
      '',
      fillText(TEXTS.scopes, { scopes: scopes.join(', ') }),
      fillText(TEXTS.allowedNetworks, { networks }),
      '',
      TEXTS.replace,
      `${publicUrl}/settings`,
    ].join('\n'),
    payload: { apiKeyId: id, name, prefix, expiresAt: expiresAt.toISOString(), daysLeft },
  } as const
}
