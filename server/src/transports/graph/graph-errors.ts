import { AppError, type ErrorCode, errorOfGraph, type Upstream } from '../../kernel/errors.ts'
import { isNameError } from '../../kernel/name-lookup.ts'
import { LONGEST_REQUESTED_PAUSE_MS } from '../requested-pause.ts'

/** An error response of Graph. */
export interface GraphRefusal {
  status: number
  headers: Headers
  /** Parsed JSON; undefined for any other body. */
  body: unknown
  /** Time of the response, the start of `Retry-After`. */
  now: Date
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  403: 'transports.access_denied',
  404: 'transports.item_gone',
  408: 'transports.unavailable',
  409: 'transports.changed_meanwhile',
  410: 'transports.cursor_forgotten',
  412: 'transports.changed_meanwhile',
  413: 'transports.message_too_large',
  429: 'transports.throttled',
  501: 'transports.request_refused',
  507: 'transports.mailbox_full',
}

/**
 * Maps an error response. A known inner code takes precedence over the outer one, and a code over the status. 401
 * always concerns the access token.
 */
export function graphError({ status, headers, body, now }: GraphRefusal): AppError {
  const codes = codesOf(body)
  const retryAt = retryAtOf(headers, now)
  const claims = status === 401 ? claimsOf(headers.get('www-authenticate') ?? '') : undefined
  const requestId = headers.get('request-id') ?? undefined
  const upstream: Upstream = {
    status,
    ...(codes[0] !== undefined && { code: codes[0] }),
    ...(requestId !== undefined && { requestId: requestId.slice(0, 100) }),
    ...(claims !== undefined && { claims }),
    ...(retryAt !== undefined && { retryAt }),
  }
  if (claims !== undefined) return new AppError('transports.sign_in_challenged', { upstream })
  if (status === 401) return new AppError('transports.access_token_refused', { upstream })
  const known = codes.map(errorOfGraph).find((code) => code !== undefined)
  const otherwise = status >= 500 ? 'transports.unavailable' : 'transports.request_refused'
  return new AppError(known ?? BY_STATUS[status] ?? otherwise, { upstream })
}

/**
 * Maps network errors of the egress guard to transient errors. Its refusals stay unchanged, and so does a failed name
 * lookup, which is a local fault.
 */
export function asTransportError(thrown: unknown): AppError {
  if (!(thrown instanceof AppError)) return new AppError('transports.unavailable', { cause: thrown })
  if (thrown.code === 'egress.answer_too_large') return new AppError('transports.answer_too_large', { cause: thrown })
  if (isNameError(thrown)) return thrown
  const isTransient = thrown.entry.stage === 'connection' && thrown.remedy === 'wait'
  return isTransient ? new AppError('transports.unavailable', { cause: thrown }) : thrown
}

const LONGEST_CODE = 100
const DEEPEST = 4

/** Error codes, innermost first. */
function codesOf(body: unknown): string[] {
  const codes: string[] = []
  let error = member(body, 'error')
  for (let depth = 0; depth < DEEPEST && error !== undefined; depth++) {
    const code = member(error, 'code')
    if (typeof code === 'string' && code.length <= LONGEST_CODE) codes.unshift(code)
    error = member(error, 'innerError') ?? member(error, 'innererror')
  }
  return codes
}

/** Time of Retry-After, in seconds or as a date (RFC 9110 §10.2.3). */
function retryAtOf(headers: Headers, now: Date): Date | undefined {
  const text = headers.get('retry-after')?.trim()
  if (!text) return undefined
  const time = /^\d{1,7}$/.test(text) ? now.getTime() + Number(text) * 1000 : Date.parse(text)
  return Number.isNaN(time) ? undefined : new Date(Math.min(time, now.getTime() + LONGEST_REQUESTED_PAUSE_MS))
}

/**
 * Claims that the next access token must satisfy, as JSON; undefined if there are none or they are invalid.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge
 */
function claimsOf(wwwAuthenticate: string): string | undefined {
  const [, encoded] = /\bclaims="([A-Za-z0-9+/_=-]{1,8000})"/.exec(wwwAuthenticate) ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  try {
    const claims: unknown = JSON.parse(text)
    return typeof claims === 'object' && claims !== null ? JSON.stringify(claims) : undefined
  } catch {
    return undefined
  }
}

function member(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[name] : undefined
}

/**
 * Maps an error for the application as principal. No person can grant it access or sign in for it, so an admin has to
 * fix it.
 */
export function ofApplication(error: AppError): AppError {
  const { code, cause, upstream } = error
  switch (code) {
    case 'transports.access_denied':
    case 'transports.send_as_denied':
      return new AppError('transports.application_denied', { cause, upstream })
    case 'transports.sign_in_challenged':
      return new AppError('tokens.blocked_by_policy', { cause, upstream })
    default:
      return error
  }
}
