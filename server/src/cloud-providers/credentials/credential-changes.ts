import type { Database } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError, type ErrorCode } from '../../kernel/errors.ts'
import type { CloudProviderId, ProviderCredentialId } from '../../kernel/ids.ts'
import type { AuthorizationServer } from '../clouds/authorization-server.ts'
import { makeCertificate } from './certificates.ts'
import type { CheckLine, CloudProvider } from '../cloud-provider.ts'
import type { Clouds } from '../clouds/cloud.ts'
import type { CredentialSummary, NewCredential, ProviderCredential } from './provider-credential.ts'
import type { CredentialStandings } from './credential-standings.ts'
import type { CredentialTrial, Trial } from './credential-trial.ts'
import { readEnds } from './expiry-lookup.ts'
import type { KeptCredential, ProviderCredentials } from './provider-credentials.ts'
import type { ProviderLifecycle } from '../provider-lifecycle.ts'
import { checkSecret } from '../provider-fields.ts'
import type { AuditLog } from '../../audit/index.ts'
import type { CloudProviders } from '../cloud-providers-port.ts'

export interface CredentialChangesDeps {
  database: Database
  clock: Clock
  clouds: Clouds
  authorizationServer: AuthorizationServer
  tryCredential: CredentialTrial
  audit: AuditLog
  credentials: ProviderCredentials
  standings: CredentialStandings
  lifecycle: ProviderLifecycle
  get: (id: CloudProviderId) => Promise<CloudProvider>
}

export type CredentialChanges = ReturnType<typeof createCredentialChanges>

/** Adds, tries and removes credentials. */
export function createCredentialChanges(deps: CredentialChangesDeps) {
  const { database, clock, clouds, authorizationServer, tryCredential, audit, credentials, standings, lifecycle, get } =
    deps

  /** Prepares a credential for storage. A certificate is created here, so that its key never exists elsewhere. */
  async function keptOf(name: string, credential: NewCredential): Promise<KeptCredential> {
    if (credential.kind === 'secret') {
      checkSecret(credential.secret)
      return { proof: credential.secret, certificate: undefined, expiresAt: credential.expiresAt }
    }
    const { months } = credential
    const { der, privateKey, expiresAt } = await makeCertificate({
      commonName: `Postkey: ${name}`,
      from: clock.now(),
      months,
    })
    return { proof: privateKey, certificate: der, expiresAt }
  }

  /** Tries a credential and saves the result for the credential and, if no other is accepted, for the provider. */
  async function tryAndKeep(provider: CloudProvider, credential: ProviderCredential): Promise<Trial> {
    const cloud = clouds.get(provider.cloud)
    const trial = await tryCredential({ provider, cloud }, credential)
    await database.transaction(async (tx) => {
      await lifecycle.hold(tx, provider.id)
      if (trial.outcome === 'works') {
        await standings.worked(tx, credential.id)
        const reason = await standings.faultOf(tx, provider.id)
        await lifecycle.move(tx, provider.id, reason ? 'accepted-with-fault' : 'accepted', { reason })
        return
      }
      if (trial.outcome === 'refused') await standings.refused(tx, credential, trial.error.code)
      await standings.tryLater(tx, credential)
      const reason = await standings.faultOf(tx, provider.id)
      const someWorks = (await credentials.rowsOf(provider.id, tx)).some(({ works_since }) => works_since !== null)
      if (someWorks && reason) await lifecycle.move(tx, provider.id, 'accepted-with-fault', { reason })
      // The provider has no accepted credential. An outage during the trial leaves its reason unchanged.
      if (!someWorks && provider.state === 'needs-admin') {
        const said = trial.outcome === 'untold' ? provider.stateReason : trial.error.code
        await lifecycle.move(tx, provider.id, 'rejected', { reason: said as ErrorCode | undefined, tried: true })
      }
    })
    return trial
  }

  async function find(id: CloudProviderId, credentialId: ProviderCredentialId): Promise<ProviderCredential> {
    const found = (await credentials.open(id)).find((one) => one.id === credentialId)
    if (!found) throw new AppError('cloud_providers.credential_not_found')
    return found
  }

  const tryOne: CloudProviders['tryCredential'] = async (id, credentialId) => {
    const provider = await get(id)
    const trial = await tryAndKeep(provider, await find(id, credentialId))
    if (trial.outcome === 'works') await keepEnds(provider, trial)
    return summaryOf(id, credentialId)
  }

  async function summaryOf(id: CloudProviderId, credentialId: ProviderCredentialId): Promise<CredentialSummary> {
    const found = (await credentials.list(id)).find((one) => one.id === credentialId)
    if (!found) throw new AppError('cloud_providers.credential_not_found')
    return found
  }

  /** Saves the expiry dates of the registration, read with the token of a successful trial. */
  async function keepEnds(provider: CloudProvider, trial: Extract<Trial, { outcome: 'works' }>): Promise<CheckLine> {
    const cloud = clouds.get(provider.cloud)
    const all = await credentials.open(provider.id)
    const { line, ends } = await readEnds({ provider, cloud }, all, trial.accessToken, authorizationServer)
    await database.transaction(async (tx) => {
      for (const { credential, ...read } of ends) await credentials.keepRead(tx, credential.id, read)
    })
    return line
  }

  const add: CloudProviders['addCredential'] = async (id, credential, actor) => {
    const { name } = await get(id)
    const stored = await keptOf(name, credential)
    const added = await database.creation(async (tx) => {
      // The lock prevents a concurrent addition between counting and adding.
      await lifecycle.hold(tx, id)
      const summary = await credentials.add(tx, id, stored)
      const detail = { credentialId: summary.id, kind: summary.kind, expiresAt: summary.expiresAt?.toISOString() }
      await audit.record(tx, { actor, action: 'cloud_provider.credential_added', subject: id, detail })
      await tx.updateTable('cloud_providers').set({ due_at: clock.now() }).where('id', '=', id).execute()
      return summary
    })
    // A new certificate can't be uploaded yet, so a trial is pointless.
    return added.kind === 'certificate' ? added : tryOne(id, added.id)
  }

  const changeEnd: CloudProviders['changeCredentialEnd'] = (id, credentialId, expiresAt, actor) =>
    database.transaction(async (tx) => {
      const changed = await credentials.changeEnd(tx, id, credentialId, expiresAt)
      const detail = { credentialId, expiresAt: expiresAt?.toISOString() ?? null }
      await audit.record(tx, { actor, action: 'cloud_provider.credential_expiry_changed', subject: id, detail })
      await tx.updateTable('cloud_providers').set({ due_at: clock.now() }).where('id', '=', id).execute()
      return changed
    })

  const remove: CloudProviders['removeCredential'] = (id, credentialId, actor) =>
    database.transaction(async (tx) => {
      if (!(await credentials.remove(tx, id, credentialId))) {
        throw new AppError('cloud_providers.credential_not_found')
      }
      await audit.record(tx, {
        actor,
        action: 'cloud_provider.credential_removed',
        subject: id,
        detail: { credentialId },
      })
    })

  return { add, changeEnd, remove, tryOne, tryAndKeep, keepEnds, keptOf }
}
