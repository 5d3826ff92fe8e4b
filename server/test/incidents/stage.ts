/** For tests: states written as the rooms write them, the keeper beside them, and what people were told. */
import { createEvents } from '../../src/events/index.ts'
import type { TestDatabase } from '../kit/test-database.ts'
import type { ErrorCode } from '../../src/kernel/errors.ts'
import { createDialGuard } from '../../src/kernel/dial-guard.ts'
import { newId, type CloudProviderId, type EmailAccountId, type GrantId } from '../../src/kernel/ids.ts'
import { createKeyRing } from '../../src/kernel/key-ring.ts'
import { createTestAlerts, createTestClock, silentLog, storeEmailAccount, storeGrant } from '../kit/index.ts'
import { INCIDENT_SOURCES } from '../../src/incident-sources.ts'
import { createIncidents } from '../../src/incidents/index.ts'

export const SECOND_MS = 1000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS

export type Stage = ReturnType<typeof createStage>

export function createStage(database: TestDatabase) {
  const clock = createTestClock()
  const events = createEvents(database)
  const keyRing = createKeyRing([{ id: 'stored', key: Buffer.alloc(32, 7) }], 'stored')
  const base = { database, clock, events, log: silentLog, publicUrl: 'https://postkey.contoso.example' }
  const audit = { record: () => Promise.resolve() }
  const alerts = createTestAlerts({ ...base, keyRing, audit, dialGuard: createDialGuard() })
  const incidents = createIncidents({ ...base, alerts, sources: INCIDENT_SOURCES, scriptNamesOf: () => undefined })

  async function setState(
    table: 'email_accounts' | 'cloud_providers' | 'grants',
    id: string,
    state: string,
    code?: ErrorCode | 'room.of_tomorrow',
  ): Promise<void> {
    await database.pool.query(
      `UPDATE ${table} SET state = $2, state_reason = $3,
        state_since = CASE WHEN state = $2 THEN state_since ELSE $4 END WHERE id = $1`,
      [id, state, code ?? null, clock.now()],
    )
  }

  return {
    clock,
    events,
    alerts,
    incidents,
    look: () => incidents.look(),

    /** Time passes and is looked at as the keeper would, every five seconds at the most. */
    async pass(ms: number, stepMs = ms): Promise<void> {
      for (let left = ms; left > 0; left -= stepMs) {
        clock.advance(Math.min(stepMs, left))
        await incidents.look()
      }
    },

    async accounts(count: number, at: { cloudProviderId?: CloudProviderId; grantId?: GrantId } = {}) {
      const made: { id: EmailAccountId; cloudProviderId: CloudProviderId; grantId: GrantId }[] = []
      for (let n = 0; n < count; n++) {
        const account = await storeEmailAccount(database, clock)
        const cloudProviderId = at.cloudProviderId ?? account.cloudProviderId
        const grantId = at.grantId ?? account.grantId
        await database.pool.query('UPDATE grants SET cloud_provider_id = $2 WHERE id = $1', [
          account.grantId,
          cloudProviderId,
        ])
        await database.pool.query('UPDATE email_accounts SET cloud_provider_id = $2, grant_id = $3 WHERE id = $1', [
          account.id,
          cloudProviderId,
          grantId,
        ])
        made.push({ id: account.id, cloudProviderId, grantId })
      }
      return made
    },
    provider: async () => (await storeGrant(database, clock)).cloudProviderId,

    account: (id: string, state: string, code?: ErrorCode | 'room.of_tomorrow') =>
      setState('email_accounts', id, state, code),
    cloudProvider: (id: string, state: string, code?: ErrorCode) => setState('cloud_providers', id, state, code),

    grant: (id: string, state: string, code?: ErrorCode) => setState('grants', id, state, code),

    open: async () => (await incidents.list({ state: 'open', emailAccountIds: 'all', limit: 200 })).incidents,
    all: async () => (await incidents.list({ emailAccountIds: 'all', limit: 200 })).incidents,
    /** Token refreshes, oldest first. */
    told: async () => (await alerts.list({ limit: 200 })).alerts.reverse(),

    async reset(): Promise<void> {
      await database.pool.query(
        'TRUNCATE incidents, installation_troubles, users, alerts, alert_relay, webhook_endpoints, email_accounts, grants, cloud_providers CASCADE',
      )
    },
    close: async () => {
      await events.close()
    },
    newId,
  }
}
