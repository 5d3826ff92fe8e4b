import type { Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { GrantId } from '../kernel/ids.ts'

type Db = Kysely<Schema>

/** States of grants, from which incidents are derived. Each function is one query. */
export const grantStates = {
  /** Grants that are in trouble, or named by `also`. */
  async listTroubled(db: Db, also: readonly GrantId[]) {
    const rows = await db
      .selectFrom('grants')
      .select(['id', 'cloud_provider_id', 'tenant_id', 'user_name', 'state', 'state_reason', 'state_since'])
      .where((eb) =>
        eb.or([
          eb('state', 'in', ['degraded', 'needs-sign-in', 'needs-admin']),
          ...(also.length > 0 ? [eb('id', 'in', also)] : []),
        ]),
      )
      .execute()
    return rows.map((row) => ({
      id: row.id,
      name: row.user_name,
      cloudProviderId: row.cloud_provider_id,
      tenantId: row.tenant_id,
      state: row.state,
      reason: row.state_reason ?? undefined,
      since: row.state_since,
    }))
  },

  /** Names of users, and the replies of Microsoft that ended their grants. */
  async namesOf(db: Db, ids: readonly GrantId[]) {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('grants')
      .select(['id', 'user_name', 'ended_upstream'])
      .where('id', 'in', ids)
      .execute()
    return rows.map((row) => ({
      id: row.id,
      name: row.user_name,
      endedUpstream: (row.ended_upstream as Upstream | null) ?? undefined,
    }))
  },

  async listOfTenant(db: Db, tenantId: string | null): Promise<GrantId[]> {
    const rows = await db.selectFrom('grants').select('id').where('tenant_id', '=', tenantId).execute()
    return rows.map(({ id }) => id)
  },
}
