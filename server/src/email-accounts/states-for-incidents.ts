import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { MailServers } from '../transports/index.ts'

type Db = Kysely<Schema>

/** States of mailboxes, from which incidents are derived. Each function is one query, and none for an empty list of ids. */
export const accountStates = {
  /** Active mailboxes that are in trouble, lack a folder, or are named by `also`, by id. */
  async listTroubled(db: Db, also: readonly EmailAccountId[]) {
    const rows = await db
      .selectFrom('email_accounts')
      .select(['id', 'name', 'address', 'state', 'state_reason', 'state_since', 'lost_folders', 'servers'])
      .select(['cloud_provider_id', 'grant_id', 'first_grant_id', 'principal_tenant_id'])
      .where('state', '!=', 'paused')
      .where((eb) =>
        eb.or([
          eb.and([eb('state', 'in', ['degraded', 'needs-sign-in', 'needs-admin']), eb('state_reason', 'is not', null)]),
          sql<boolean>`lost_folders <> '[]'`,
          ...(also.length > 0 ? [eb('id', 'in', also)] : []),
        ]),
      )
      .orderBy('id')
      .execute()
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      address: row.address,
      state: row.state,
      reason: row.state_reason ?? undefined,
      since: row.state_since,
      lostFolders: row.lost_folders as { name: string; at: string; isRefused?: boolean }[],
      mailServer: (row.servers as MailServers | null)?.imap.host,
      cloudProviderId: row.cloud_provider_id ?? undefined,
      // While a backup sign-in is in use, the trouble is with the sign-in that it replaces.
      grantId: row.first_grant_id ?? row.grant_id ?? undefined,
      tenantId: row.principal_tenant_id ?? undefined,
    }))
  },

  async countActive(db: Db): Promise<number> {
    const { active } = await db
      .selectFrom('email_accounts')
      .select(({ fn }) => fn.countAll<number>().as('active'))
      .where('state', '!=', 'paused')
      .executeTakeFirstOrThrow()
    return active
  },

  /** Those of `ids` with an active mailbox, also one for which a backup sign-in is in use. */
  async grantsInUse(db: Db, ids: readonly GrantId[]): Promise<Set<GrantId>> {
    if (ids.length === 0) return new Set()
    const rows = await db
      .selectFrom('email_accounts')
      .select(['grant_id', 'first_grant_id'])
      .where('state', '!=', 'paused')
      .where((eb) => eb.or([eb('grant_id', 'in', ids), eb('first_grant_id', 'in', ids)]))
      .execute()
    const used = new Set(rows.flatMap((row) => [row.grant_id, row.first_grant_id]))
    return new Set(ids.filter((id) => used.has(id)))
  },

  async statesOf(db: Db, ids: readonly EmailAccountId[]): Promise<Map<EmailAccountId, string>> {
    if (ids.length === 0) return new Map()
    const rows = await db.selectFrom('email_accounts').select(['id', 'state']).where('id', 'in', ids).execute()
    return new Map(rows.map(({ id, state }) => [id, state]))
  },

  /** Replies of servers that led to the states of these mailboxes, newest state first. */
  async upstreamsOf(db: Db, ids: readonly EmailAccountId[]) {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('email_accounts')
      .select(['id', 'state_reason', 'state_upstream'])
      .where('id', 'in', ids)
      .where('state_upstream', 'is not', null)
      .orderBy('state_since', 'desc')
      .orderBy('id')
      .execute()
    return rows.map((row) => ({
      emailAccountId: row.id,
      code: row.state_reason,
      upstream: row.state_upstream as Upstream,
    }))
  },

  /** Active mailboxes that depend on a Cloud Provider, on a grant, or in one tenant on a Cloud Provider, by name. */
  async listDependent(
    db: Db,
    on:
      | { grantId: GrantId | null }
      | { cloudProviderId: CloudProviderId | null }
      | { cloudProviderId: CloudProviderId | null; tenantId: string | null; grantIds: readonly GrantId[] },
  ) {
    let query = db
      .selectFrom('email_accounts')
      .select(['id', 'name', 'address'])
      .where('state', '!=', 'paused')
      .orderBy('name')
      .orderBy('id')
    if ('grantId' in on) query = query.where('grant_id', '=', on.grantId)
    else query = query.where('cloud_provider_id', '=', on.cloudProviderId)
    if ('tenantId' in on) {
      const { tenantId, grantIds } = on
      query = query.where((eb) =>
        eb.or([
          eb('principal_tenant_id', '=', tenantId),
          ...(grantIds.length > 0 ? [eb('grant_id', 'in', grantIds)] : []),
        ]),
      )
    }
    return query.execute()
  },

  /** Contacts of these mailboxes, in alphabetical order. */
  async contactsOf(db: Db, ids: readonly EmailAccountId[]) {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('email_accounts')
      .select(['contact', 'cloud_provider_id'])
      .where('id', 'in', ids)
      .orderBy('contact')
      .execute()
    return rows.map((row) => ({ contact: row.contact, cloudProviderId: row.cloud_provider_id ?? undefined }))
  },
}
