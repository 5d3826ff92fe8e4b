import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { AuthorizationServer } from './authorization-server.ts'
import { clientAuthentication } from './client-authentication.ts'
import { clientError } from './client-errors.ts'
import type { CloudProvider, CloudProviders } from './cloud-provider.ts'
import type { ProviderCredential } from './provider-credential.ts'
import type { CredentialStandings } from './credential-standings.ts'
import type { ProviderCredentials } from './provider-credentials.ts'
import type { ProviderLifecycle } from './provider-lifecycle.ts'

export interface ClientRequestsDeps {
  database: Database
  clock: Clock
  authorizationServer: AuthorizationServer
  credentials: ProviderCredentials
  standings: CredentialStandings
  lifecycle: ProviderLifecycle
}

/** Token requests in the name of a registration, and what is learned from their answers about it. */
export function createClientRequests(deps: ClientRequestsDeps): Pick<CloudProviders, 'requestToken'> {
  const { database, clock, authorizationServer, credentials, standings, lifecycle } = deps

  const requestToken: CloudProviders['requestToken'] = async (provider, authority, form, tenantId) => {
    const { clientId } = provider
    let rejected: AppError | undefined
    for (const credential of await openAll(provider)) {
      const proof = await clientAuthentication(credential, { clientId, authority, clock })
      const answer = await authorizationServer.requestToken(authority, { ...form, ...proof })
      if (answer.ok) {
        await accepted(provider, credential)
        return answer
      }
      const { error } = answer.upstream
      const ofClient = clientError(answer.upstream)
      if (error === 'invalid_client' && ofClient) {
        await refused(provider, credential, ofClient)
        rejected ??= ofClient
        continue
      }
      const ofRegistration = error === 'unauthorized_client' && tenantId === provider.tenantId
      if (ofRegistration && ofClient) await move(provider, ofClient)
      return answer
    }
    rejected ??= new AppError('cloud_providers.credential_missing')
    await move(provider, rejected)
    throw rejected
  }

  async function openAll(provider: CloudProvider): Promise<ProviderCredential[]> {
    try {
      return await credentials.open(provider.id)
    } catch (error) {
      // Nothing but another credential helps, and that is the provider's and no mailbox's.
      if (error instanceof AppError && error.code === 'cloud_providers.credential_unreadable')
        await move(provider, error)
      throw error
    }
  }

  async function accepted(provider: CloudProvider, credential: ProviderCredential): Promise<void> {
    if (provider.state === 'connected' && provider.workedAt && !standings.isNews(credential)) return
    await database.transaction(async (tx) => {
      await lifecycle.hold(tx, provider.id)
      if (standings.isNews(credential)) await standings.worked(tx, credential.id)
      const reason = await standings.faultOf(tx, provider.id)
      await lifecycle.move(tx, provider.id, reason ? 'accepted-with-fault' : 'accepted', { reason, worked: true })
    })
  }

  async function refused(provider: CloudProvider, credential: ProviderCredential, error: AppError): Promise<void> {
    const { standing } = credential
    if (standing.state === 'refused' && standing.code === error.code) return
    await database.transaction(async (tx) => {
      await lifecycle.hold(tx, provider.id)
      await standings.refused(tx, credential, error.code)
    })
  }

  async function move({ id }: CloudProvider, { code }: AppError): Promise<void> {
    await database.transaction((tx) => lifecycle.move(tx, id, 'rejected', { reason: code }))
  }

  return { requestToken }
}
