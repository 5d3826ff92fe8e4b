import type { KnownNames } from '../error-map/index.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { EmailAccountId, IncidentId } from '../kernel/ids.ts'
import type { AffectedEmailAccount } from './incident.ts'
import type { IncidentRow } from './record.ts'
import type { Dependency, IncidentSources, StatesDb } from './sources.ts'
import type { Names } from './words.ts'

/** Environment names of a cloud in Azure CLI and Graph PowerShell; `none` for one that they don't know. */
export type ScriptNamesOf = (cloud: string) => KnownNames['scriptNames']

type MembersOfIncidents = ReadonlyMap<IncidentId, readonly Pick<AffectedEmailAccount, 'id' | 'address'>[]>

/**
 * Names for the words of each incident.
 *
 * @param members  all mailboxes of each incident
 * @param visible  those that the reader may see
 */
export async function namesFor(
  { sources, scriptNamesOf }: { sources: IncidentSources; scriptNamesOf: ScriptNamesOf },
  db: StatesDb,
  rows: readonly IncidentRow[],
  members: MembersOfIncidents,
  visible: MembersOfIncidents = members,
): Promise<Map<IncidentId, Names>> {
  const providers = await sources.cloudProviders.namesOf(
    db,
    rows.flatMap(({ cloud_provider_id: id }) => id ?? []),
  )
  const grants = await sources.grants.namesOf(
    db,
    rows.flatMap(({ grant_id: id }) => id ?? []),
  )
  const upstreams = await upstreamsFor(sources, db, rows, members)
  const providerById = new Map(providers.map((row) => [row.id, row]))
  const grantById = new Map(grants.map((row) => [row.id, row]))

  return new Map(
    rows.map((row) => {
      const provider = row.cloud_provider_id === null ? undefined : providerById.get(row.cloud_provider_id)
      const grant = row.grant_id === null ? undefined : grantById.get(row.grant_id)
      const [first, ...more] = visible.get(row.id) ?? []
      return [
        row.id,
        {
          provider: provider?.name,
          clientId: provider?.clientId,
          tenantId: row.tenant_id ?? provider?.tenantId,
          person: grant?.name,
          // A sentence contains a single name; several mailboxes are listed separately.
          address: more.length === 0 ? first?.address : undefined,
          principal: row.email_account_id !== null && row.grant_id === null ? ('application' as const) : undefined,
          upstream: (row.cause === 'person' ? grant?.endedUpstream : undefined) ?? upstreams.get(row.id),
          scriptNames: provider && scriptNamesOf(provider.cloud),
        },
      ]
    }),
  )
}

/** The reply of a server to a mailbox of each incident, where the state of the mailbox has the code of the incident. */
async function upstreamsFor(
  sources: IncidentSources,
  db: StatesDb,
  rows: readonly IncidentRow[],
  members: MembersOfIncidents,
): Promise<Map<IncidentId, Upstream>> {
  const incidentsOf = new Map<EmailAccountId, IncidentRow[]>()
  for (const row of rows) {
    for (const { id } of members.get(row.id) ?? []) incidentsOf.set(id, [...(incidentsOf.get(id) ?? []), row])
  }
  const ids = [...incidentsOf.keys()]
  const ofReading = await sources.emailAccounts.upstreamsOf(db, ids)
  const ofSending = await sources.sending.upstreamsOf(db, ids)
  const ofActions = await sources.actions.upstreamsOf(db, ids)
  // The oldest of several applies, of reading rather than of sending or of actions.
  return new Map(
    [...ofActions, ...ofSending, ...ofReading].flatMap(({ emailAccountId, code, upstream }) =>
      incidentsOf
        .get(emailAccountId)!
        .filter((row) => row.code === code)
        .map((row) => [row.id, upstream] as const),
    ),
  )
}

export interface AccountsOfIncident {
  /** Mailboxes that are or were part of the incident. */
  affected: AffectedEmailAccount[]
  /** Mailboxes that still run and depend on the same object; they stop when their access tokens expire. */
  dependent: { id: EmailAccountId; name: string; address: string }[]
  /** Affected mailboxes that are still not read after the end of the incident. */
  notReadAgain: {
    /** Paused, disconnected or removed mailboxes. */
    ended: AffectedEmailAccount[]
    /** Mailboxes that fail for another cause. */
    otherwise: AffectedEmailAccount[]
  }
}

const NONE: AccountsOfIncident['notReadAgain'] = { ended: [], otherwise: [] }

async function notReadAgain(
  sources: IncidentSources,
  db: StatesDb,
  affected: readonly AffectedEmailAccount[],
): Promise<AccountsOfIncident['notReadAgain']> {
  if (affected.length === 0) return NONE
  const stateOf = await sources.emailAccounts.statesOf(
    db,
    affected.map(({ id }) => id),
  )
  return {
    ended: affected.filter(({ id }) => (stateOf.get(id) ?? 'paused') === 'paused'),
    otherwise: affected.filter(({ id }) => ['needs-sign-in', 'needs-admin'].includes(stateOf.get(id) ?? '')),
  }
}

/** Mailboxes of an incident. */
export async function listAccounts(
  sources: IncidentSources,
  db: StatesDb,
  row: IncidentRow,
): Promise<AccountsOfIncident> {
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
  if (row.closed_at !== null) {
    return { affected, dependent: [], notReadAgain: await notReadAgain(sources, db, affected) }
  }
  const on = await dependencyOf(sources, db, row)
  const all = on ? await sources.emailAccounts.listDependent(db, on) : []
  return { affected, dependent: all.filter(({ id }) => !stopped.has(id)), notReadAgain: NONE }
}

async function dependencyOf(
  sources: IncidentSources,
  db: StatesDb,
  { cause, cloud_provider_id: cloudProviderId, grant_id: grantId, tenant_id: tenantId }: IncidentRow,
): Promise<Dependency | undefined> {
  if (cause === 'provider') return { cloudProviderId }
  if (cause === 'person') return { grantId }
  if (cause !== 'tenant-policy') return undefined
  return { cloudProviderId, tenantId, grantIds: await sources.grants.listOfTenant(db, tenantId) }
}
