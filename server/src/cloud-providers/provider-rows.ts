import type { Selectable } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { CheckResult, CloudProvider, CloudProviderState } from './cloud-provider.ts'

export function toCloudProvider(row: Selectable<Schema['cloud_providers']>): CloudProvider {
  return {
    id: row.id,
    name: row.name,
    service: row.service,
    type: row.type,
    cloud: row.cloud,
    accountTypes: row.account_types,
    tenantId: row.tenant_id,
    clientId: row.client_id,
    contact: row.contact,
    deputy: row.deputy ?? undefined,
    state: row.state as CloudProviderState,
    stateReason: row.state_reason ?? undefined,
    stateSince: row.state_since,
    nextTryAt: row.next_try_at ?? undefined,
    application: row.application ?? undefined,
    probeAddress: row.probe_address ?? undefined,
    lastCheck: (row.check_result ?? undefined) as CheckResult | undefined,
    workedAt: row.worked_at ?? undefined,
    createdAt: row.created_at,
  }
}
