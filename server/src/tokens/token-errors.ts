import { AppError, CATALOGUE, errorOfMicrosoft, type ErrorCode, type Upstream } from '../kernel/errors.ts'
import { clientError } from './client-errors.ts'

/**
 * The end of a grant, by the entry that has one of Microsoft's numbers. A grant is ended by `invalid_grant` and its like;
 * numbers only choose the words.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
function endedError(upstream: Upstream): AppError {
  const code = (upstream.errorCodes ?? []).map(errorOfMicrosoft).find(endsGrant)
  if (code) return new AppError(code, { upstream })
  // A standard field, for cases where Microsoft sends no number.
  if (upstream.suberror === 'user_password_expired') return new AppError('tokens.password_expired', { upstream })
  return new AppError('tokens.grant_ended', { upstream })
}

function endsGrant(code: ErrorCode | undefined): code is ErrorCode {
  // The general code comes last, whatever number stands first.
  if (code === undefined || code === 'tokens.grant_ended') return false
  const { changesGrant, remedy } = CATALOGUE[code]
  return changesGrant === true && remedy === 'sign-in'
}

/**
 * Error for an unspecific end of a grant whose last refresh response was lost: Microsoft had rotated the refresh token
 * and treated the stored old one as stolen.
 */
export function lostInFlight(error: AppError): AppError {
  if (error.code !== 'tokens.grant_ended') return error
  return new AppError('tokens.grant_lost_in_flight', { cause: error, upstream: error.upstream })
}

/** Error for an unspecific end of a grant whose refresh token was stored before the database was restored. */
export function fromBackup(error: AppError): AppError {
  if (error.code !== 'tokens.grant_ended') return error
  return new AppError('tokens.grant_from_backup', { cause: error, upstream: error.upstream })
}

/** Purpose of a token request. The same response means something else for a code than for a refresh token. */
export type TokenPurpose = 'refresh' | 'redeem' | 'application'

/**
 * Maps an error of the token endpoint (RFC 6749 §5.2) by `error`, `suberror` and status alone.
 *
 * Only a refused grant ends a grant. Outages, throttling and unrelated errors never do, because a sign-in discarded by
 * mistake causes work for a person.
 *
 * @see
 *   https://learn.microsoft.com/entra/identity-platform/reference-error-codes#handling-error-codes-in-your-application
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
      // The grant stays: once an admin has consented, the same refresh token is valid again.
      if (suberror === 'consent_required' || error === 'consent_required') {
        return new AppError('tokens.consent_required', options)
      }
      // No person can sign in for an application, so an admin has to allow it.
      if (suberror === 'message_only' || purpose === 'application') {
        return new AppError('tokens.blocked_by_policy', options)
      }
      return purpose === 'redeem' ? new AppError('tokens.code_refused', options) : endedError(upstream)
    case 'invalid_resource':
      return new AppError('tokens.resource_unavailable', options)
    case undefined:
      // Not a protocol error: a proxy, a maintenance page or a truncated response.
      return new AppError('tokens.endpoint_unavailable', options)
    case 'invalid_request':
      // Entra ID's error for a redirect URI of a single-page application is generic, so only the number identifies it.
      return purpose === 'redeem' && upstream.errorCodes?.includes(FOR_PAGES_ONLY)
        ? new AppError('tokens.refresh_token_short', options)
        : new AppError('tokens.request_refused', options)
    default:
      return new AppError('tokens.request_refused', options)
  }
}

/** Returns true if Microsoft may have replaced the refresh token although no response arrived. */
export function isUnclear({ code, upstream }: AppError): boolean {
  if (code === 'egress.answer_too_large') return true
  return code === 'tokens.endpoint_unavailable' && upstream?.error === undefined && upstream?.status !== 429
}

/** A single-page application's code that a server redeems. */
const FOR_PAGES_ONLY = 9002327

/** Numbers that show, more precisely than `access_denied`, that the person could do nothing. */
const NEEDS_ADMIN = new Set([65001, 90094, 90095])

/**
 * Maps an error in the redirect (RFC 6749 §4.1.2.1). The AADSTS number is the only part of the description that is
 * read. It only selects a more specific error; none of these errors changes anything.
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
