import type { Kysely, Selectable } from 'kysely'
import { type Database, isUniqueViolation, type Schema } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { type CloudProviderId, newId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { AuthorizationServer } from './authorization-server.ts'
import type { Clouds } from './cloud.ts'
import type { CheckLine, CheckResult, CloudProvider, CloudProviders, CloudProviderState } from './cloud-provider.ts'
import { createProviderCredentials } from './provider-credentials.ts'
import { checkFields, readNewCloudProvider } from './provider-fields.ts'
import { checkRegistration } from './registration-check.ts'

/** Where what admins do is written down; `people` keeps it. */
export interface AuditLog {
  record(
    tx: Kysely<Schema>,
    record: { actor: string; action: string; subject: string; detail?: Readonly<Record<string, unknown>> },
  ): Promise<void>
}

export interface CloudProvidersDeps {
  database: Database
  keyRing: KeyRing
  clock: Clock
  clouds: Clouds
  authorizationServer: AuthorizationServer
  audit: AuditLog
  /** The only redirect URI there is: `${PUBLIC_URL}/oauth/callback`. */
  redirectUri: string
}

const SIGN_IN_TENANTS = {
  multitenant: 'organizations',
  'multitenant-and-personal': 'common',
} as const

export function createCloudProviders(deps: CloudProvidersDeps): CloudProviders {
  const { database, keyRing, clock, clouds, authorizationServer, audit, redirectUri } = deps
  const { db } = database
  const credentials = createProviderCredentials(database, keyRing, clock)

  async function get(id: CloudProviderId): Promise<CloudProvider> {
    const row = await db.selectFrom('cloud_providers').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('cloud_providers.not_found')
    return fromRow(row)
  }

  async function tryRegistration(id: CloudProviderId): Promise<CheckLine[]> {
    const provider = await get(id)
    return checkRegistration({
      provider,
      cloud: clouds.get(provider.cloud),
      credentials: await credentials.open(id),
      authorizationServer,
      redirectUri,
    })
  }

  const providers: CloudProviders = {
    async create(input, actor) {
      const cloud = clouds.get(input.cloud)
      const { credential, ...fields } = readNewCloudProvider(input, cloud)
      const id = newId<CloudProviderId>()
      const now = clock.now()
      try {
        await database.transaction(async (tx) => {
          await tx
            .insertInto('cloud_providers')
            .values({
              id,
              name: fields.name,
              service: 'microsoft-azure',
              type: 'outlook365',
              cloud: cloud.id,
              account_types: fields.accountTypes,
              tenant_id: fields.tenantId,
              client_id: fields.clientId,
              contact: fields.contact,
              deputy: fields.deputy ?? null,
              state: 'connecting',
              state_since: now,
              created_at: now,
            })
            .execute()
          if (credential) await credentials.add(tx, id, credential)
          const { name, tenantId, clientId } = fields
          const detail = { name, cloud: cloud.id, tenantId, clientId, withCredential: credential !== undefined }
          await audit.record(tx, { actor, action: 'cloud_provider.created', subject: id, detail })
        })
      } catch (error) {
        if (isUniqueViolation(error)) throw new AppError('cloud_providers.already_exists', { cause: error })
        throw error
      }
      return get(id)
    },

    async update(id, changes, actor) {
      const provider = await get(id)
      checkFields(changes, clouds.get(provider.cloud))
      const { deputy = provider.deputy, ...next } = { ...provider, ...changes }
      await database.transaction(async (tx) => {
        await tx
          .updateTable('cloud_providers')
          .set({
            name: next.name,
            account_types: next.accountTypes,
            contact: next.contact,
            deputy: deputy ?? null,
          })
          .where('id', '=', id)
          .execute()
        await audit.record(tx, { actor, action: 'cloud_provider.changed', subject: id, detail: { ...changes } })
      })
      return get(id)
    },

    get,

    async list() {
      const rows = await db.selectFrom('cloud_providers').selectAll().orderBy('name').orderBy('id').execute()
      return rows.map(fromRow)
    },

    async remove(id, actor) {
      const { name } = await get(id)
      try {
        await database.transaction(async (tx) => {
          await tx.deleteFrom('cloud_providers').where('id', '=', id).execute()
          await audit.record(tx, { actor, action: 'cloud_provider.removed', subject: id, detail: { name } })
        })
      } catch (error) {
        if (isForeignKeyViolation(error)) throw new AppError('cloud_providers.in_use', { cause: error })
        throw error
      }
    },

    tryRegistration,

    async check(id) {
      const provider = await get(id)
      const lines = await tryRegistration(id)
      const now = clock.now()
      const result: CheckResult = { at: now.toISOString(), lines }
      await db
        .updateTable('cloud_providers')
        .set({ check_result: JSON.stringify(result) })
        .where('id', '=', id)
        .execute()
      const wrong = lines.find(({ outcome, what }) => outcome === 'wrong' && !hasGoodCredential(lines, what))
      if (wrong) await setState(provider, 'needs-admin', wrong.code)
      else if (lines.some(({ what, outcome }) => what === 'credential' && outcome === 'ok')) {
        await setState(provider, 'connected', undefined)
      }
      return result
    },

    async addCredential(id, credential, actor) {
      await get(id)
      return database.transaction(async (tx) => {
        // Counting and adding must not be interleaved with another admin's.
        await tx.selectFrom('cloud_providers').select('id').where('id', '=', id).forUpdate().execute()
        const added = await credentials.add(tx, id, credential)
        const detail = { credentialId: added.id, endsAt: added.endsAt?.toISOString() }
        await audit.record(tx, { actor, action: 'cloud_provider.credential_added', subject: id, detail })
        return added
      })
    },

    async changeCredentialEnd(id, credentialId, endsAt, actor) {
      return database.transaction(async (tx) => {
        const changed = await credentials.changeEnd(tx, id, credentialId, endsAt)
        const detail = { credentialId, endsAt: endsAt?.toISOString() ?? null }
        await audit.record(tx, { actor, action: 'cloud_provider.credential_end_changed', subject: id, detail })
        return changed
      })
    },

    async removeCredential(id, credentialId, actor) {
      await database.transaction(async (tx) => {
        if (!(await credentials.remove(tx, id, credentialId))) return
        const detail = { credentialId }
        await audit.record(tx, { actor, action: 'cloud_provider.credential_removed', subject: id, detail })
      })
    },

    listCredentials: (id) => credentials.list(id),
    async credentialsOf(id) {
      try {
        return await credentials.open(id)
      } catch (error) {
        // Nothing but another credential helps, and that is the provider's and no mailbox's.
        if (error instanceof AppError && error.code === 'cloud_providers.credential_unreadable') {
          await setState(await get(id), 'needs-admin', error.code)
        }
        throw error
      }
    },
    cloudOf: ({ cloud }) => clouds.get(cloud),

    authorityOf(provider, tenantId) {
      const { authority } = clouds.get(provider.cloud)
      const { accountTypes } = provider
      const anybody = accountTypes === 'single-tenant' ? provider.tenantId : SIGN_IN_TENANTS[accountTypes]
      return `${authority}/${tenantId ?? anybody}`
    },

    async reportRejected(id, error) {
      await setState(await get(id), 'needs-admin', error.code)
    },

    async reportAccepted(provider) {
      // Most of the time there is nothing to write: this is called after each refresh.
      if (provider.state !== 'connected') await setState(provider, 'connected', undefined)
    },
  }

  async function setState(
    { id, state, stateReason }: CloudProvider,
    next: CloudProviderState,
    reason: string | undefined,
  ): Promise<void> {
    if (state === next && stateReason === reason) return
    await db
      .updateTable('cloud_providers')
      .set({ state: next, state_reason: reason ?? null, state_since: clock.now() })
      .where('id', '=', id)
      .execute()
  }

  return providers
}

/** An old secret that is over is no fault while a newer one works. */
function hasGoodCredential(lines: CheckResult['lines'], what: string): boolean {
  return what === 'credential' && lines.some((line) => line.what === 'credential' && line.outcome === 'ok')
}

function fromRow(row: Selectable<Schema['cloud_providers']>): CloudProvider {
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
    lastCheck: (row.check_result ?? undefined) as CheckResult | undefined,
    createdAt: row.created_at,
  }
}

function isForeignKeyViolation(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === '23503'
}
