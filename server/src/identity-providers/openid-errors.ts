import * as openid from 'openid-client'
import { AppError, type ErrorCode, type Upstream } from '../kernel/errors.ts'

/** Steps of a sign-in whose failures mean different things. */
export type OpenIdStep = 'discovery' | 'response'

const INVALID: Record<OpenIdStep, ErrorCode> = {
  discovery: 'identity_providers.discovery_invalid',
  response: 'identity_providers.answer_invalid',
}

/**
 * Translates an error of openid-client. Standard fields decide; descriptions of the provider are never shown.
 *
 * @see RFC 6749 §4.1.2.1, §5.2
 */
export function openIdError(step: OpenIdStep, thrown: unknown): AppError {
  const own = findAppError(thrown)
  if (own?.entry.scope === 'network') return new AppError('identity_providers.unreachable', { cause: own })
  if (own) return own
  if (thrown instanceof openid.AuthorizationResponseError) {
    const { error, error_description: description } = thrown
    const upstream = upstreamOf(error, description)
    if (error === 'access_denied') return new AppError('identity_providers.sign_in_declined', { upstream })
    return new AppError('identity_providers.sign_in_refused', { upstream, cause: thrown })
  }
  if (thrown instanceof openid.ResponseBodyError) {
    const upstream = { status: thrown.status, ...upstreamOf(thrown.error, thrown.error_description) }
    const isOfClient = ['invalid_client', 'unauthorized_client'].includes(thrown.error)
    return new AppError(isOfClient ? 'identity_providers.client_rejected' : INVALID[step], { upstream, cause: thrown })
  }
  return new AppError(INVALID[step], { cause: thrown })
}

/** Microsoft puts its numbers into the description. They only choose an explanation. */
function upstreamOf(error: string, description: string | undefined): Upstream {
  const numbers = [...(description ?? '').matchAll(/AADSTS(\d{4,7})/g)].map(([, number]) => Number(number))
  return { error: error.slice(0, 100), ...(numbers.length > 0 && { errorCodes: numbers.slice(0, 3) }) }
}

function findAppError(thrown: unknown): AppError | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth++) {
    if (error instanceof AppError) return error
  }
  return undefined
}
