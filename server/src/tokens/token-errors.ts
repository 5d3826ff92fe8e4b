import { clientError } from '../cloud-providers/index.ts'
import { AppError, type Upstream } from '../kernel/errors.ts'

/** What the token endpoint was asked for: the same answer means something else for a code than for a refresh token. */
export type TokenPurpose = 'refresh' | 'redeem'

/**
 * What an error of the token endpoint means (RFC 6749 §5.2). Decided by `error`, `suberror` and status alone.
 *
 * Only a refused grant ends a grant. Outage, throttling and whatever says nothing about it never do: a sign-in that is
 * thrown away by mistake costs a person their morning.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes#handling-error-codes-in-your-application
 */
export function tokenError(upstream: Upstream, purpose: TokenPurpose): AppError {
  const { error, suberror, status = 0 } = upstream
  const options = { upstream }
  if (error === 'temporarily_unavailable' || error === 'server_error' || status === 429 || status >= 500) {
    return new AppError('tokens.endpoint_unavailable', options)
  }
  const ofClient = clientError(upstream)
  if (ofClient) return ofClient

  switch (error) {
    case 'invalid_grant':
    case 'interaction_required':
    case 'login_required':
    case 'consent_required':
      // Neither ends the grant: as soon as an admin has acted, the same refresh token is good again.
      if (suberror === 'consent_required' || error === 'consent_required') {
        return new AppError('tokens.consent_required', options)
      }
      if (suberror === 'message_only') return new AppError('tokens.blocked_by_policy', options)
      return purpose === 'redeem'
        ? new AppError('tokens.code_refused', options)
        : new AppError('tokens.grant_ended', options)
    case 'invalid_resource':
      return new AppError('tokens.resource_unavailable', options)
    case undefined:
      // No error of the protocol: a proxy, a maintenance page, an answer cut short.
      return new AppError('tokens.endpoint_unavailable', options)
    default:
      return new AppError('tokens.request_refused', options)
  }
}

/** Numbers that say better than `access_denied` that a person could do nothing. */
const NEEDS_ADMIN = new Set([65001, 90094, 90095])

/**
 * What an error in the redirect means (RFC 6749 §4.1.2.1). The AADSTS number, the only part of the prose that is read,
 * chooses words between ways of not being signed in; none of them changes anything.
 */
export function redirectError(query: URLSearchParams, kind: 'sign-in' | 'admin-consent'): AppError {
  const error = /^[\w.-]{1,80}$/.exec(query.get('error') ?? '')?.[0] ?? 'unknown'
  const number = /\bAADSTS(\d{4,9})\b/.exec(query.get('error_description')?.slice(0, 500) ?? '')?.[1]
  const upstream = { error, ...(number === undefined ? {} : { errorCodes: [Number(number)] }) }
  const options = { upstream }

  if (error === 'server_error' || error === 'temporarily_unavailable') {
    return new AppError('tokens.endpoint_unavailable', options)
  }
  if (kind === 'admin-consent' && (error === 'access_denied' || error === 'consent_required')) {
    return new AppError('tokens.consent_declined', options)
  }
  if (error === 'consent_required' || NEEDS_ADMIN.has(Number(number))) {
    return new AppError('tokens.consent_required', options)
  }
  if (error === 'access_denied' && query.get('error_subcode') === 'cancel') {
    return new AppError('tokens.sign_in_cancelled', options)
  }
  return clientError(upstream) ?? new AppError('tokens.sign_in_refused', options)
}
