import type { Database, Tx } from '../database/index.ts'
import type { KnownNames } from '../error-map/index.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { EmailAccountId, IncidentId } from '../kernel/ids.ts'
import type { AffectedEmailAccount } from './incident.ts'
import type { IncidentRow } from './record.ts'
import type { Names } from './words.ts'

/** Environment names of a cloud in Azure CLI and Graph PowerShell; `none` for one that they don't know. */
export type ScriptNamesOf = (cloud: string) => KnownNames['scriptNames']

/** The names that the words of each incident are filled with. */
export async function namesFor(
  db: Database['db'] | Tx,
  rows: readonly IncidentRow[],
  affected: ReadonlyMap<IncidentId, readonly AffectedEmailAccount[]>,
  scriptNamesOf: ScriptNamesOf,
): Promise<Map<IncidentId, Names>> {
  const providerIds = rows.flatMap(({ cloud_provider_id: id }) => (id === null ? [] : [id]))
  const grantIds = rows.flatMap(({ grant_id: id }) => (id === null ? [] : [id]))
  const providers =
    providerIds.length === 0
      ? []
      : await db
          .selectFrom('cloud_providers')
          .select(['id', 'name', 'cloud', 'client_id', 'tenant_id'])
          .where('id', 'in', providerIds)
          .execute()
  const grants =
    grantIds.length === 0
      ? []
      : await db
          .selectFrom('grants')
          .select(['id', 'user_name', 'ended_upstream'])
          .where('id', 'in', grantIds)
          .execute()
  const said = await saidOf(db, rows)
  const providerById = new Map(providers.map((row) => [row.id, row]))
  const grantById = new Map(grants.map((row) => [row.id, row]))

  return new Map(
    rows.map((row) => {
      const provider = row.cloud_provider_id === null ? undefined : providerById.get(row.cloud_provider_id)
      const grant = row.grant_id === null ? undefined : grantById.get(row.grant_id)
      const [first, ...more] = affected.get(row.id) ?? []
      return [
        row.id,
        {
          provider: provider?.name,
          clientId: provider?.client_id,
          tenantId: row.tenant_id ?? provider?.tenant_id,
          person: grant?.user_name,
          // One name stands in a sentence; where there are several they are listed beside it.
          address: more.length === 0 ? first?.address : undefined,
          principal: row.email_account_id !== null && row.grant_id === null ? ('application' as const) : undefined,
          upstream: (row.cause === 'person' ? grant?.ended_upstream : undefined) ?? said.get(row.id),
          scriptNames: provider && scriptNamesOf(provider.cloud),
        },
      ]
    }),
  )
}

/** What Microsoft said to a mailbox that the incident holds, where its state has the code of the incident. */
async function saidOf(db: Database['db'] | Tx, rows: readonly IncidentRow[]): Promise<Map<IncidentId, Upstream>> {
  if (rows.length === 0) return new Map()
  const found = await db
    .selectFrom('incident_email_accounts')
    .innerJoin('incidents', 'incidents.id', 'incident_email_accounts.incident_id')
    .innerJoin('email_accounts', 'email_accounts.id', 'incident_email_accounts.email_account_id')
    .select(['incidents.id', 'email_accounts.state_upstream as said'])
    .where(
      'incidents.id',
      'in',
      rows.map(({ id }) => id),
    )
    .where('email_accounts.state_upstream', 'is not', null)
    .whereRef('email_accounts.state_reason', '=', 'incidents.code')
    .orderBy('email_accounts.state_since', 'desc')
    .orderBy('email_accounts.id')
    .execute()
  const ofSending = await db
    .selectFrom('incident_email_accounts')
    .innerJoin('incidents', 'incidents.id', 'incident_email_accounts.incident_id')
    .innerJoin('sending_states', 'sending_states.email_account_id', 'incident_email_accounts.email_account_id')
    .select(['incidents.id', 'sending_states.trouble_upstream as said'])
    .where(
      'incidents.id',
      'in',
      rows.map(({ id }) => id),
    )
    .where('sending_states.trouble_upstream', 'is not', null)
    .whereRef('sending_states.trouble_code', '=', 'incidents.code')
    .orderBy('sending_states.trouble_since', 'desc')
    .execute()
  // Of several the one that met it first.
  return new Map([...ofSending, ...found].map(({ id, said }) => [id, said as Upstream]))
}

export interface AccountsOfIncident {
  /** Those that the incident holds or held. */
  affected: AffectedEmailAccount[]
  /** Those that still run and depend on the same thing: they will stop as soon as their access tokens end. */
  dependent: { id: EmailAccountId; name: string; address: string }[]
  /** Of those affected, once it is over, those that are not read all the same. */
  notReadAgain: {
    /** Paused, disconnected or removed. */
    ended: AffectedEmailAccount[]
    /** For another cause. */
    otherwise: AffectedEmailAccount[]
  }
}

const NONE: AccountsOfIncident['notReadAgain'] = { ended: [], otherwise: [] }

async function notReadAgain(
  db: Database['db'] | Tx,
  affected: readonly AffectedEmailAccount[],
): Promise<AccountsOfIncident['notReadAgain']> {
  if (affected.length === 0) return NONE
  const ids = affected.map(({ id }) => id)
  const rows = await db.selectFrom('email_accounts').select(['id', 'state']).where('id', 'in', ids).execute()
  const stateOf = new Map(rows.map(({ id, state }) => [id, state]))
  return {
    ended: affected.filter(({ id }) => (stateOf.get(id) ?? 'paused') === 'paused'),
    otherwise: affected.filter(({ id }) => ['needs-sign-in', 'needs-admin'].includes(stateOf.get(id) ?? '')),
  }
}

/** Whose mail it is about. */
export async function accountsOf(db: Database['db'] | Tx, row: IncidentRow): Promise<AccountsOfIncident> {
  const members = await db
    .selectFrom('incident_email_accounts')
    .selectAll()
    .where('incident_id', '=', row.id)
    .orderBy('name')
    .orderBy('email_account_id')
    .execute()
  const affected = members.map(({ email_account_id: id, name, address, since, until, affects }) => ({
    ...{ id, name, address, since, affects },
    until: until ?? undefined,
  }))
  const stopped = new Set(affected.filter(({ until }) => until === undefined).map(({ id }) => id))
  if (row.closed_at !== null) return { affected, dependent: [], notReadAgain: await notReadAgain(db, affected) }
  let query = db
    .selectFrom('email_accounts')
    .select(['id', 'name', 'address'])
    .where('state', '!=', 'paused')
    .orderBy('name')
    .orderBy('id')
  if (row.cause === 'provider') query = query.where('cloud_provider_id', '=', row.cloud_provider_id)
  else if (row.cause === 'person') query = query.where('grant_id', '=', row.grant_id)
  else if (row.cause === 'tenant-policy') {
    query = query
      .where('cloud_provider_id', '=', row.cloud_provider_id)
      .where((eb) =>
        eb.or([
          eb('principal_tenant_id', '=', row.tenant_id),
          eb(
            'grant_id',
            'in',
            eb.selectFrom('grants').select('grants.id').where('grants.tenant_id', '=', row.tenant_id),
          ),
        ]),
      )
  } else return { affected, dependent: [], notReadAgain: NONE }
  const all = await query.execute()
  return { affected, dependent: all.filter(({ id }) => !stopped.has(id)), notReadAgain: NONE }
}
