import type { AuditLog } from '../audit/index.ts'
import type { CloudProviders } from '../cloud-providers/index.ts'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { CloudProviderId } from '../kernel/ids.ts'

/** Cloud Providers that allow sign-in by a device code. None until an admin allows it. */
export interface DeviceCodeAllowances {
  isAllowed(id: CloudProviderId): Promise<boolean>
  /** @throws {AppError} `cloud_providers.not_found` */
  allow(id: CloudProviderId, isAllowed: boolean, actor: string): Promise<void>
}

export interface DeviceCodeAllowancesDeps {
  database: Database
  clock: Clock
  audit: AuditLog
  cloudProviders: Pick<CloudProviders, 'get'>
}

export function createDeviceCodeAllowances(deps: DeviceCodeAllowancesDeps): DeviceCodeAllowances {
  const { database, clock, audit, cloudProviders } = deps

  return {
    async isAllowed(id) {
      const row = await database.db
        .selectFrom('device_code_allowances')
        .select('cloud_provider_id')
        .where('cloud_provider_id', '=', id)
        .executeTakeFirst()
      return row !== undefined
    },

    async allow(id, isAllowed, actor) {
      const { name } = await cloudProviders.get(id)
      await database.transaction(async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom('device_code_allowances')
          .where('cloud_provider_id', '=', id)
          .executeTakeFirst()
        if (isAllowed) {
          const row = { cloud_provider_id: id, allowed_by: actor, allowed_at: clock.now() }
          await tx.insertInto('device_code_allowances').values(row).execute()
        }
        if (numDeletedRows > 0n === isAllowed) return
        const action = isAllowed ? 'cloud_provider.device_code_allowed' : 'cloud_provider.device_code_forbidden'
        await audit.record(tx, { actor, action, subject: id, detail: { name } })
      })
    },
  }
}
