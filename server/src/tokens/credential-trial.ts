import type { CredentialTrial } from '../cloud-providers/index.ts'
import { AppError } from '../kernel/errors.ts'
import { clientError } from './client-errors.ts'
import type { TokenRequests } from './token-requests.ts'

/**
 * Tests a credential with `client_credentials`: with a malformed code, the server would refuse the code before it looks
 * at the secret. Answered for a tenant only, never on `organizations` or `common`. Changes nothing at Microsoft.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function createCredentialTrial({ send }: Pick<TokenRequests, 'send'>): CredentialTrial {
  return async ({ provider: { clientId, tenantId }, cloud }, credential) => {
    try {
      const answer = await send({
        authority: `${cloud.authority}/${tenantId}`,
        clientId,
        credential,
        form: { grant_type: 'client_credentials', scope: `${cloud.scopePrefixes.graph}.default` },
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
}
