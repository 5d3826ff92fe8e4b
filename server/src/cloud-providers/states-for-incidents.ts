import type { Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { CloudProviderId } from '../kernel/ids.ts'

type Db = Kysely<Schema>

/** States of Cloud Providers, from which incidents are derived. Each function is one query, and none for an empty list of ids. */
export const providerStates = {
  async list(db: Db) {
    const rows = await db
      .selectFrom('cloud_providers')
      .select(['id', 'name', 'cloud', 'tenant_id', 'state', 'state_reason', 'state_since', 'worked_at'])
      .execute()
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      cloud: row.cloud,
      tenantId: row.tenant_id,
      state: row.state,
      reason: row.state_reason ?? undefined,
      since: row.state_since,
      isInSetup: row.worked_at === null,
    }))
  },

  /** Secrets that Microsoft refuses, oldest first. `hint`: their first characters. */
  async listRefusedSecrets(db: Db) {
    const rows = await db
      .selectFrom('provider_credentials')
      .select(['cloud_provider_id', 'hint', 'refused_code'])
      .where('refused_since', 'is not', null)
      .where('hint', 'is not', null)
      .orderBy('created_at')
      .execute()
    return rows.map((row) => ({ cloudProviderId: row.cloud_provider_id, hint: row.hint!, code: row.refused_code }))
  },

  async namesOf(db: Db, ids: readonly CloudProviderId[]) {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('cloud_providers')
      .select(['id', 'name', 'cloud', 'client_id', 'tenant_id'])
      .where('id', 'in', ids)
      .execute()
    return rows.map(({ client_id: clientId, tenant_id: tenantId, ...row }) => ({ ...row, clientId, tenantId }))
  },

  /** Contacts and their deputies, by the names of their Cloud Providers. */
  async contactsOf(db: Db, ids: readonly CloudProviderId[]): Promise<string[]> {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('cloud_providers')
      .select(['contact', 'deputy'])
      .where('id', 'in', ids)
      .orderBy('name')
      .execute()
    return rows.flatMap(({ contact, deputy }) => (deputy === null ? [contact] : [contact, deputy]))
  },
}
