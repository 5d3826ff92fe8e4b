import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import type { AuthorizationServer } from './authorization-server.ts'
import { clientAuthentication } from './client-authentication.ts'
import { clientError } from './client-errors.ts'
import type { CloudProvider } from './cloud-provider.ts'
import type { Cloud } from './cloud.ts'
import type { ProviderCredential } from './provider-credential.ts'

/** What came of trying a credential. */
export type Trial =
  /** The token that proves it is good for one look into the directory and is thrown away then. */
  | { outcome: 'works'; accessToken: Secret }
  | { outcome: 'refused'; error: AppError }
  /** The application or the tenant is in the way; nothing was said about the credential. */
  | { outcome: 'client'; error: AppError }
  | { outcome: 'untold'; error: AppError }

/**
 * Tries a credential with `client_credentials`: a malformed code would fail before the secret is looked at. It is
 * answered for a tenant only, never on `organizations` or `common`. Nothing is changed at Microsoft.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export async function tryCredential(
  { provider, cloud }: { provider: CloudProvider; cloud: Cloud },
  credential: ProviderCredential,
  { authorizationServer, clock }: { authorizationServer: AuthorizationServer; clock: Clock },
): Promise<Trial> {
  const authority = `${cloud.authority}/${provider.tenantId}`
  try {
    const answer = await authorizationServer.requestToken(authority, {
      grant_type: 'client_credentials',
      scope: `${cloud.scopePrefixes.graph}.default`,
      ...(await clientAuthentication(credential, { clientId: provider.clientId, authority, clock })),
    })
    if (answer.ok) return { outcome: 'works', accessToken: answer.tokens.accessToken }
    const { upstream } = answer
    const error = clientError(upstream)
    if (!error) return { outcome: 'untold', error: new AppError('egress.unreachable', { upstream }) }
    return { outcome: upstream.error === 'invalid_client' ? 'refused' : 'client', error }
  } catch (error) {
    return { outcome: 'untold', error: AppError.from(error) }
  }
}
