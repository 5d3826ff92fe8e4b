import { Gauge, type Registry } from 'prom-client'
import { oldestUnapplied } from '../../account-actions/index.ts'
import { listProviderExpiries } from '../../cloud-providers/index.ts'
import type { Database } from '../../database/index.ts'
import { oldestHeldBackEvent } from '../../events/index.ts'
import { oldestUnnotified } from '../../notifications/index.ts'
import { readOutboxFigures } from '../../submission/index.ts'

/** Metrics of the whole installation. Every server of it reports the same values. */
export function createInstallationFigures(registry: Registry, { db }: Pick<Database, 'db'>) {
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const expiry = gauge(
    'postkey_credential_expiry_timestamp_seconds',
    'Expiry of the last working credential of a Cloud Provider; absent if it is unknown',
    ['cloud_provider', 'name'],
  )
  const outbox = gauge('postkey_outbox_messages', 'Number of messages that are not sent, by status', ['status'])
  const outboxAge = gauge(
    'postkey_outbox_oldest_message_age_seconds',
    'Seconds that the oldest message waits for sending; 0 when none waits',
  )
  const lag = gauge(
    'postkey_event_lag_seconds',
    'Age of the oldest event that a consumer has not processed; 0 when there is none',
    ['consumer'],
  )

  async function read(now: Date): Promise<void> {
    const secondsSince = (at: Date | null | undefined) => (at ? Math.max(0, (now.getTime() - at.getTime()) / 1000) : 0)
    for (const { cloudProviderId, name, expiresAt } of await listProviderExpiries(db)) {
      expiry.set({ cloud_provider: cloudProviderId, name }, expiresAt.getTime() / 1000)
    }
    const { waitingSince, ...counts } = await readOutboxFigures(db, now)
    for (const [status, count] of Object.entries(counts)) outbox.set({ status }, count)
    outboxAge.set(secondsSince(waitingSince))
    lag.set({ consumer: 'streams' }, secondsSince(await oldestHeldBackEvent(db)))
    lag.set({ consumer: 'notifications' }, secondsSince(await oldestUnnotified(db)))
    lag.set({ consumer: 'account-actions' }, secondsSince(await oldestUnapplied(db)))
  }

  return { gauges: [expiry, outbox, lag, outboxAge], read }
}
