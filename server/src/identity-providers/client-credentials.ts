import * as openid from 'openid-client'
import type { CloudProvider, CloudProviders, ProviderCredential } from '../cloud-providers/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { Secret } from '../kernel/secret.ts'
import { clientAuthentication } from '../tokens/index.ts'
import type { OpenIdClient } from './openid-requests.ts'

/** Sends the secret in the body if the provider allows it, because proxies treat headers and bodies alike. */
export function secretCredential(secret: Secret): openid.ClientAuth {
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const by = methods.includes('client_secret_post') ? openid.ClientSecretPost : openid.ClientSecretBasic
    const authenticate: (...of: Parameters<openid.ClientAuth>) => unknown = by(secret.reveal())
    authenticate(server, client, body, headers)
  }
}

/** The registration of a Cloud Provider as a client of its tenant. Secrets and certificates work as for mailboxes. */
export async function clientOfCloudProvider(
  cloudProviders: Pick<CloudProviders, 'authorityOf' | 'credentialsOf'>,
  provider: CloudProvider,
  tenantId: string,
  clock: Clock,
): Promise<OpenIdClient> {
  const authority = cloudProviders.authorityOf(provider, tenantId)
  const { clientId } = provider
  const credentials = (await cloudProviders.credentialsOf(provider.id)).map(
    (credential: ProviderCredential): openid.ClientAuth =>
      async (_server, _client, body) => {
        const form = await clientAuthentication(credential, { clientId, authority, clock })
        for (const [name, value] of Object.entries(form)) {
          body.set(name, value instanceof Secret ? value.reveal() : value)
        }
      },
  )
  return { issuer: issuerOfAuthority(authority), clientId, credentials }
}

export function issuerOfAuthority(authority: string): string {
  return `${authority}/v2.0`
}
