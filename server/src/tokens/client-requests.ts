import type { CloudProvider, CloudProviders, ProviderCredential } from '../cloud-providers/index.ts'
import { AppError } from '../kernel/errors.ts'
import { isNameError } from '../kernel/name-lookup.ts'
import type { ClientForm } from './client-authentication.ts'
import { clientError } from './client-errors.ts'
import type { TokenAnswer, TokenRequests } from './token-requests.ts'

export interface ClientRequest {
  provider: CloudProvider
  authority: string
  form: ClientForm
  /** Tenant that answers. A failure in another tenant than the registration's own says nothing about the registration. */
  tenantId: string | undefined
}

/**
 * Sends a token request in the name of a registration. Tries its credentials in their order of use, the next one only
 * when one is refused, and reports each answer to `cloud-providers`, which derives the state of the provider from it.
 *
 * @throws {AppError} `cloud_providers.…` when no credential is accepted, `tokens.endpoint_unavailable` without a response
 */
export type RequestToken = (request: ClientRequest) => Promise<TokenAnswer>

export interface ClientRequestsDeps {
  cloudProviders: Pick<
    CloudProviders,
    'credentialsOf' | 'credentialAccepted' | 'credentialRefused' | 'registrationRefused'
  >
  tokenRequests: Pick<TokenRequests, 'send'>
}

export function createClientRequests({ cloudProviders, tokenRequests }: ClientRequestsDeps): RequestToken {
  async function request({ provider, authority, form, tenantId }: ClientRequest): Promise<TokenAnswer> {
    const { clientId } = provider
    let rejected: AppError | undefined
    for (const credential of await credentialsOf(provider)) {
      const answer = await tokenRequests.send({ authority, clientId, credential, form })
      if (answer.ok) {
        await cloudProviders.credentialAccepted(provider, credential)
        return answer
      }
      const { error } = answer.upstream
      const ofClient = clientError(answer.upstream)
      if (error === 'invalid_client' && ofClient) {
        await cloudProviders.credentialRefused(provider, credential, ofClient)
        rejected ??= ofClient
        continue
      }
      const ofRegistration = error === 'unauthorized_client' && tenantId === provider.tenantId
      if (ofRegistration && ofClient) await cloudProviders.registrationRefused(provider, ofClient)
      return answer
    }
    rejected ??= new AppError('cloud_providers.credential_missing')
    await cloudProviders.registrationRefused(provider, rejected)
    throw rejected
  }

  async function credentialsOf(provider: CloudProvider): Promise<ProviderCredential[]> {
    try {
      return await cloudProviders.credentialsOf(provider.id)
    } catch (error) {
      // Only another credential helps: the fault is the provider's and not the mailbox's.
      if (error instanceof AppError && error.code === 'cloud_providers.credential_unreadable')
        await cloudProviders.registrationRefused(provider, error)
      throw error
    }
  }

  return async (wanted) => {
    try {
      return await request(wanted)
    } catch (error) {
      // A missing response says nothing about the grant or the registration.
      if (isNameError(error)) throw error
      if (error instanceof AppError && error.remedy === 'wait' && error.entry.stage === 'connection') {
        throw new AppError('tokens.endpoint_unavailable', { cause: error, upstream: error.upstream })
      }
      throw error
    }
  }
}
