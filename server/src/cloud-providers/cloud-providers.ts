import { type Database, isUniqueViolation, type Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import { type CloudProviderId, newId } from '../kernel/ids.ts'
import { MICROSOFT } from '../kernel/mail-services.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { AuthorizationServer } from './clouds/authorization-server.ts'
import type { Clouds } from './clouds/cloud.ts'
import { applicationLines } from './checks/application-permissions.ts'
import type { CheckLine, CheckResult, CloudProvider } from './cloud-provider.ts'
import { createCredentialChanges } from './credentials/credential-changes.ts'
import { createCredentialStandings } from './credentials/credential-standings.ts'
import type { CredentialTrial, Trial } from './credentials/credential-trial.ts'
import { findExpiry } from './credentials/expiry.ts'
import { createProviderCredentials } from './credentials/provider-credentials.ts'
import { checkFields, readIds, readNewCloudProvider } from './provider-fields.ts'
import { createProviderLifecycle } from './provider-lifecycle.ts'
import { toCloudProvider } from './provider-rows.ts'
import { checkRegistration } from './checks/registration-check.ts'
import { createTokenOutcomes } from './checks/token-outcomes.ts'
import type { AuditLog } from '../audit/index.ts'
import type { Events } from '../events/index.ts'
import type { CloudProviders } from './cloud-providers-port.ts'

export interface CloudProvidersDeps {
  database: Database
  keyRing: KeyRing
  clock: Clock
  clouds: Clouds
  authorizationServer: AuthorizationServer
  /** Implemented by `tokens`. */
  tryCredential: CredentialTrial
  audit: AuditLog
  events: Pick<Events, 'append'>
  /** Random source for jitter, for tests. */
  random?: () => number
  /** The only redirect URI: `${PUBLIC_URL}/oauth/callback`. */
  redirectUri: string
}

const SIGN_IN_TENANTS = {
  multitenant: 'organizations',
  'multitenant-and-personal': 'common',
} as const

export function createCloudProviders(deps: CloudProvidersDeps): CloudProviders {
  const { database, keyRing, clock, clouds, authorizationServer, tryCredential, audit, redirectUri } = deps
  const { db } = database
  const credentials = createProviderCredentials(database, keyRing, clock)
  const standings = createCredentialStandings(clock, credentials)
  const lifecycle = createProviderLifecycle(deps)
  const parts = { ...deps, credentials, standings, lifecycle, get }
  const changes = createCredentialChanges(parts)
  const moreChecks: ((provider: CloudProvider) => Promise<CheckLine[]>)[] = []

  async function get(id: CloudProviderId): Promise<CloudProvider> {
    const row = await db.selectFrom('cloud_providers').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('cloud_providers.not_found')
    return toCloudProvider(row)
  }

  async function tryRegistration(id: CloudProviderId): Promise<CheckLine[]> {
    const provider = await get(id)
    return checkRegistration({
      provider,
      cloud: clouds.get(provider.cloud),
      credentials: await credentials.open(id),
      authorizationServer,
      redirectUri,
      tryOne: (credential) => tryCredential({ provider, cloud: clouds.get(provider.cloud) }, credential),
    })
  }

  const providers: CloudProviders = {
    async create(input, actor) {
      const cloud = clouds.get(input.cloud)
      const { credential, ...fields } = readNewCloudProvider(input, cloud)
      const stored = credential && (await changes.keptOf(fields.name, credential))
      const id = newId<CloudProviderId>()
      const now = clock.now()
      try {
        await database.creation(async (tx) => {
          await tx
            .insertInto('cloud_providers')
            .values({
              id,
              name: fields.name,
              ...MICROSOFT,
              cloud: cloud.id,
              account_types: fields.accountTypes,
              tenant_id: fields.tenantId,
              client_id: fields.clientId,
              contact: fields.contact,
              deputy: fields.deputy ?? null,
              application: fields.application ?? null,
              state: 'connecting',
              state_since: now,
              created_at: now,
            })
            .execute()
          if (stored) await credentials.add(tx, id, stored)
          const { name, tenantId, clientId } = fields
          const detail = { name, cloud: cloud.id, tenantId, clientId, credential: credential?.kind }
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
      const ids = readIds(changes)
      const { accountTypes } = provider
      checkFields({ accountTypes, ...changes }, clouds.get(changes.cloud ?? provider.cloud))
      const {
        deputy = provider.deputy,
        probeAddress = provider.probeAddress,
        application = provider.application,
        ...next
      } = { ...provider, ...changes, ...ids }
      await database.transaction(async (tx) => {
        if (isOtherRegistration(provider, next)) await correctIds(tx, id, next)
        await tx
          .updateTable('cloud_providers')
          .set({
            name: next.name,
            account_types: next.accountTypes,
            contact: next.contact,
            deputy: deputy ?? null,
            probe_address: probeAddress ?? null,
            application: application ?? null,
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
      return rows.map(toCloudProvider)
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
      const proven: Extract<Trial, { outcome: 'works' }>[] = []
      const opened = await credentials.open(id)
      const lines = await checkRegistration({
        provider,
        cloud: clouds.get(provider.cloud),
        credentials: opened,
        authorizationServer,
        redirectUri,
        async tryOne(credential) {
          const trial = await changes.tryAndKeep(provider, credential)
          if (trial.outcome === 'works') proven.push(trial)
          return trial
        },
      })
      const [trial] = proven
      // A certificate contains its own expiry date.
      if (trial && opened.some(({ kind }) => kind === 'secret')) lines.push(await changes.keepEnds(provider, trial))
      if (trial) lines.push(...applicationLines(provider, trial.accessToken))
      for (const more of moreChecks) lines.push(...(await more(provider)))
      return keepCheck(id, lines)
    },

    addCheck: (lines) => void moreChecks.push(lines),

    addCredential: changes.add,
    changeCredentialEnd: changes.changeEnd,
    removeCredential: changes.remove,
    async tryCredential(id, credentialId) {
      const tried = await changes.tryOne(id, credentialId)
      // The result of the last check is outdated, and the rest of it could not be checked without a working credential.
      const { lastCheck } = await get(id)
      const waited = lastCheck?.lines.some((line) => line.credentialId === credentialId && line.outcome === 'waiting')
      if (tried.standing.state === 'works' && waited) await providers.check(id)
      return tried
    },
    listCredentials: (id) => credentials.list(id),
    credentialsOf: (id) => credentials.open(id),
    expiryOf: async (id) => findExpiry(await credentials.list(id), clock.now()),
    ...createTokenOutcomes(parts),
    onStateChange: (hook) => lifecycle.onStateChange(hook),
    cloudOf: ({ cloud }) => clouds.get(cloud),

    authorityOf(provider, tenantId) {
      const { authority } = clouds.get(provider.cloud)
      const { accountTypes } = provider
      const defaultTenant = accountTypes === 'single-tenant' ? provider.tenantId : SIGN_IN_TENANTS[accountTypes]
      return `${authority}/${tenantId ?? defaultTenant}`
    },
  }

  /** Changes the ids. Earlier results are for the wrong registration, so each credential is tried again. */
  async function correctIds(tx: Tx, id: CloudProviderId, { cloud, tenantId, clientId }: Registration): Promise<void> {
    const { worked_at: workedAt } = await lifecycle.hold(tx, id)
    if (workedAt !== null) throw new AppError('cloud_providers.ids_fixed')
    const now = clock.now()
    const ids = { cloud, tenant_id: tenantId, client_id: clientId }
    const untried = { state: 'connecting', state_reason: null, state_since: now, next_try_at: null, attempts: 0 }
    try {
      await tx
        .updateTable('cloud_providers')
        .set({ ...ids, ...untried, check_result: null, due_at: now })
        .where('id', '=', id)
        .execute()
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppError('cloud_providers.already_exists', { cause: error })
      throw error
    }
    await standings.forget(tx, id)
  }

  /** Saves the result of a check and derives the state of the provider. */
  async function keepCheck(id: CloudProviderId, lines: CheckLine[]): Promise<CheckResult> {
    const result: CheckResult = { at: clock.now().toISOString(), lines }
    const isAccepted = lines.some(({ what, outcome }) => what === 'credential' && outcome === 'ok')
    await database.transaction(async (tx) => {
      const { state } = await lifecycle.hold(tx, id)
      const stops = lines.find((line) => line.outcome === 'wrong' && stopsEverything(lines, line))
      // Before anything has worked, a missing upload is only awaited. Afterwards it is a fault that stops everything.
      const awaited = lines.find(({ outcome }) => outcome === 'waiting' && !isAccepted && state !== 'connecting')
      const wrong = stops ?? awaited
      await tx
        .updateTable('cloud_providers')
        .set({ check_result: JSON.stringify(result) })
        .where('id', '=', id)
        .execute()
      if (wrong) {
        await lifecycle.move(tx, id, 'rejected', { reason: wrong.code as ErrorCode, tried: true })
      } else if (isAccepted) {
        const reason = await standings.faultOf(tx, id)
        const signal = reason ? 'accepted-with-fault' : 'accepted'
        await lifecycle.move(tx, id, signal, { reason, tried: true, worked: reason === undefined })
      }
    })
    return result
  }

  return providers
}

/** Returns true if a failed line stops the provider. With a working credential, only the tenant and the client can. */
function stopsEverything(lines: readonly CheckLine[], { what }: CheckLine): boolean {
  const isAccepted = lines.some((line) => line.what === 'credential' && line.outcome === 'ok')
  return !isAccepted || what === 'tenant' || what === 'client'
}

type Registration = Pick<CloudProvider, 'cloud' | 'tenantId' | 'clientId'>

function isOtherRegistration(provider: Registration, { cloud, tenantId, clientId }: Registration): boolean {
  return provider.cloud !== cloud || provider.tenantId !== tenantId || provider.clientId !== clientId
}

function isForeignKeyViolation(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === '23503'
}
