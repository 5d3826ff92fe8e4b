import type { Selectable } from 'kysely'
import type { AuditLog } from '../audit/index.ts'
import type { CloudProviders, Clouds } from '../cloud-providers/index.ts'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { type IdentityProviderId, newId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { SignInPolicy } from '../people/index.ts'
import { clientOfCloudProvider, issuerOfAuthority, secretCredential } from './client-credentials.ts'
import {
  type AdmissionRules,
  type ClientAtProvider,
  type IdentityProvider,
  type IdentityProviderChanges,
  MAX_IDENTITY_PROVIDERS,
  type NewIdentityProvider,
} from './identity-provider.ts'
import type { OpenIdClient } from './openid-requests.ts'

type Row = Selectable<Schema['identity_providers']>

export interface ProviderRecordsDeps {
  database: Database
  clock: Clock
  audit: AuditLog
  keyRing: KeyRing
  cloudProviders: CloudProviders
  clouds: Clouds
  publicUrl: URL
  /** Refuses to leave the sign-in policy without a provider. */
  policy: Pick<SignInPolicy, 'keepProvider'>
}

/** Ends what a provider has opened, before it is disabled or removed. Returns the number of its people. */
type Dismiss = (tx: Tx, provider: { id: IdentityProviderId; name: string }) => Promise<number>

export type ProviderRecords = ReturnType<typeof createProviderRecords>

/** Stores providers with their client secrets. */
export function createProviderRecords(deps: ProviderRecordsDeps) {
  const { database, clock, audit, keyRing, cloudProviders, clouds, publicUrl, policy } = deps
  const { db } = database
  const contextOf = (id: IdentityProviderId) => `identity_providers.client_secret:${id}`

  async function rowOf(id: IdentityProviderId, source: Pick<Tx, 'selectFrom'> = db): Promise<Row> {
    const row = await source.selectFrom('identity_providers').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('identity_providers.not_found')
    return row
  }

  async function toProvider(row: Row): Promise<IdentityProvider> {
    const shared = row.cloud_provider_id === null ? undefined : await cloudProviders.get(row.cloud_provider_id)
    const tenantId = row.tenant_id ?? undefined
    return {
      ...{ id: row.id, name: row.name, kind: row.kind, cloudProviderId: shared?.id, tenantId },
      issuer: shared ? issuerOfAuthority(cloudProviders.authorityOf(shared, tenantId)) : row.issuer!,
      clientId: shared?.clientId ?? row.client_id!,
      // The redirect URI of the mailboxes, or one of its own, so that a provider can't use codes of another one.
      redirectUri: new URL(shared ? '/oauth/callback' : `/sign-in/callback/${row.id}`, publicUrl).href,
      admission: {
        ...{ kind: row.admission, claim: row.claim ?? undefined },
        ...{ adminValues: row.admin_values, agentValues: row.agent_values, domains: row.domains },
      },
      ...{ isEnabled: row.is_enabled, createdAt: row.created_at },
    }
  }

  /** Columns of the client. Microsoft's issuer decides that its users are identified by tenant and object id. */
  async function clientColumns(id: IdentityProviderId, client: ClientAtProvider) {
    if ('cloudProviderId' in client) {
      const { tenantId } = await cloudProviders.get(client.cloudProviderId)
      const empty = { issuer: null, client_id: null, client_secret: null, key_id: null }
      const tenant = { kind: 'microsoft' as const, tenant_id: tenantId.toLowerCase() }
      return { ...tenant, cloud_provider_id: client.cloudProviderId, ...empty }
    }
    const { issuer, clientId, clientSecret } = client
    const { sealed, keyId } = keyRing.seal(clientSecret, contextOf(id))
    return {
      ...{ cloud_provider_id: null, client_id: clientId, client_secret: sealed, key_id: keyId },
      ...issuerColumns(issuer, clouds),
    }
  }

  return {
    async list(): Promise<IdentityProvider[]> {
      const rows = await db.selectFrom('identity_providers').selectAll().orderBy('name').orderBy('id').execute()
      return Promise.all(rows.map(toProvider))
    },

    /**
     * Locks a provider that is enabled: its removal waits for the transaction.
     *
     * @throws {AppError} `identity_providers.not_found`
     */
    async hold(tx: Tx, id: IdentityProviderId): Promise<void> {
      const row = await tx
        .selectFrom('identity_providers')
        .select('id')
        .where('id', '=', id)
        .where('is_enabled', '=', true)
        .forShare()
        .executeTakeFirst()
      if (!row) throw new AppError('identity_providers.not_found')
    },

    /** Locks a provider before it is disabled or removed. */
    async lock(tx: Tx, id: IdentityProviderId): Promise<void> {
      const query = tx.selectFrom('identity_providers').select('id').where('id', '=', id).forUpdate()
      if (!(await query.executeTakeFirst())) throw new AppError('identity_providers.not_found')
    },

    get: async (id: IdentityProviderId): Promise<IdentityProvider> => toProvider(await rowOf(id)),

    /** The client with its credentials, opened for one sign-in. */
    async clientOf({ id, issuer, clientId, cloudProviderId, tenantId }: IdentityProvider): Promise<OpenIdClient> {
      if (cloudProviderId !== undefined && tenantId !== undefined) {
        return clientOfCloudProvider(cloudProviders, await cloudProviders.get(cloudProviderId), tenantId, clock)
      }
      const { client_secret: sealed, key_id: keyId } = await rowOf(id)
      const credentials =
        sealed && keyId !== null ? [secretCredential(keyRing.open({ sealed, keyId }, contextOf(id)))] : []
      return { issuer, clientId, credentials }
    },

    async create(input: NewIdentityProvider, actor: string): Promise<IdentityProvider> {
      const { id = newId<IdentityProviderId>(), name, client, admission } = input
      const columns = await clientColumns(id, client)
      const now = clock.now()
      await database.creation(async (tx) => {
        const { count } = await tx
          .selectFrom('identity_providers')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow()
        if (count >= MAX_IDENTITY_PROVIDERS) throw new AppError('identity_providers.too_many')
        // Enabled by a separate step, once a test has succeeded.
        const values = { id, name, ...columns, ...admissionColumns(admission), is_enabled: false }
        const added = await tx
          .insertInto('identity_providers')
          .values({ ...values, created_at: now, updated_at: now })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .returning('id')
          .executeTakeFirst()
        if (!added) throw new AppError('identity_providers.already_added', { field: 'id' })
        const { kind, issuer, client_id: clientId, cloud_provider_id: cloudProviderId } = columns
        const detail = { name, kind, issuer, clientId, cloudProviderId, admission: admission.kind }
        await audit.record(tx, { actor, action: 'identity_provider.created', subject: id, detail })
      })
      return toProvider(await rowOf(id))
    },

    /** Changes a provider. `dismiss` ends its sessions in the same transaction, if it is disabled. */
    async change(
      id: IdentityProviderId,
      changes: IdentityProviderChanges,
      actor: string,
      dismiss: Dismiss,
    ): Promise<IdentityProvider> {
      const { name, clientSecret, admission, isEnabled } = changes
      await database.transaction(async (tx) => {
        const before = await rowOf(id, tx)
        if (clientSecret && before.cloud_provider_id !== null) {
          throw new AppError('identity_providers.secret_of_cloud_provider')
        }
        const secret = clientSecret && keyRing.seal(clientSecret, contextOf(id))
        const values = {
          ...(name !== undefined && { name }),
          ...(secret && { client_secret: secret.sealed, key_id: secret.keyId }),
          ...(admission && admissionColumns(admission)),
          ...(isEnabled !== undefined && { is_enabled: isEnabled }),
        }
        if (isEnabled === false && before.is_enabled) await dismiss(tx, { id, name: before.name })
        await tx
          .updateTable('identity_providers')
          .set({ ...values, updated_at: clock.now() })
          .where('id', '=', id)
          .execute()
        if (isEnabled === false && before.is_enabled) await policy.keepProvider(tx)
        const changed = { ...(name !== undefined && { name }), ...(admission && { admission: { ...admission } }) }
        if (clientSecret || Object.keys(changed).length > 0) {
          const detail = { ...changed, ...(clientSecret && { clientSecret: 'replaced' }) }
          await audit.record(tx, { actor, action: 'identity_provider.changed', subject: id, detail })
        }
        if (isEnabled !== undefined && isEnabled !== before.is_enabled) {
          const action = isEnabled ? 'identity_provider.enabled' : 'identity_provider.disabled'
          await audit.record(tx, { actor, action, subject: id, detail: { name: before.name } })
        }
      })
      return toProvider(await rowOf(id))
    },

    /** Removes a provider with its links. `dismiss` ends its sessions and notifies their owners, in the same transaction. */
    async remove(id: IdentityProviderId, actor: string, dismiss: Dismiss): Promise<void> {
      await database.transaction(async (tx) => {
        const { name } = await rowOf(id, tx)
        const people = await dismiss(tx, { id, name })
        await tx.deleteFrom('identity_providers').where('id', '=', id).execute()
        await policy.keepProvider(tx)
        await audit.record(tx, {
          ...{ actor, action: 'identity_provider.removed' as const },
          ...{ subject: id, detail: { name, people } },
        })
      })
    },
  }
}

function admissionColumns({ kind, claim, adminValues = [], agentValues = [], domains = [] }: AdmissionRules) {
  const isByClaim = kind === 'claim'
  return {
    ...{ admission: kind, claim: isByClaim ? (claim ?? null) : null },
    admin_values: isByClaim ? [...adminValues] : [],
    agent_values: isByClaim ? [...agentValues] : [],
    domains: kind === 'domain' ? domains.map((domain) => domain.toLowerCase()) : [],
  }
}

const TENANT_PATH = /^\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/v2\.0$/i

/** The issuer as compared with that of the provider: Microsoft writes the tenant in lower case. */
function issuerColumns(issuer: string, clouds: Clouds) {
  const { origin, pathname } = new URL(issuer)
  if (!clouds.list().some(({ authority }) => new URL(authority).origin === origin)) {
    return { kind: 'openid' as const, issuer, tenant_id: null }
  }
  // `common` and `organizations` would admit every tenant.
  const [, tenantId] = TENANT_PATH.exec(pathname) ?? []
  if (tenantId === undefined) throw new AppError('identity_providers.tenant_missing', { field: 'client.issuer' })
  return { kind: 'microsoft' as const, issuer: origin + pathname.toLowerCase(), tenant_id: tenantId.toLowerCase() }
}
