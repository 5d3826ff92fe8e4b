/**
 * Maps errors of IMAP servers to error codes.
 *
 * IMAP has response codes for some errors (RFC 5530), but Exchange uses English sentences instead. So this is the only
 * file that parses prose, and only sentences known from Exchange Online (docs/reference/microsoft-365.md §E.3 and
 * §E.4). Unknown errors count as transient: they are retried, and nothing is lost.
 */
import { AppError, type ErrorCode, type Upstream } from '../../kernel/errors.ts'
import { LONGEST_REQUESTED_PAUSE_MS } from '../requested-pause.ts'

type Made = (options: { cause: Error; upstream?: Upstream }) => AppError

/** All codes that this file uses. */
const MADE = {
  'transports.imap_application_unknown': (options) => new AppError('transports.imap_application_unknown', options),
  'transports.imap_login_refused': (options) => new AppError('transports.imap_login_refused', options),
  'transports.imap_no_access': (options) => new AppError('transports.imap_no_access', options),
  'transports.imap_no_mechanism': (options) => new AppError('transports.imap_no_mechanism', options),
  'transports.imap_not_understood': (options) => new AppError('transports.imap_not_understood', options),
  'transports.imap_off': (options) => new AppError('transports.imap_off', options),
  'transports.imap_password_refused_here': (options) => new AppError('transports.imap_password_refused_here', options),
  'transports.imap_refused': (options) => new AppError('transports.imap_refused', options),
  'transports.imap_session_ended': (options) => new AppError('transports.imap_session_ended', options),
  'transports.imap_timed_out': (options) => new AppError('transports.imap_timed_out', options),
  'transports.imap_tls_missing': (options) => new AppError('transports.imap_tls_missing', options),
  'transports.imap_tls_refused': (options) => new AppError('transports.imap_tls_refused', options),
  'transports.imap_token_refused': (options) => new AppError('transports.imap_token_refused', options),
  'transports.imap_too_many_connections': (options) => new AppError('transports.imap_too_many_connections', options),
  'transports.imap_unavailable': (options) => new AppError('transports.imap_unavailable', options),
  'transports.imap_unreachable': (options) => new AppError('transports.imap_unreachable', options),
  'transports.item_gone': (options) => new AppError('transports.item_gone', options),
  'transports.mailbox_full': (options) => new AppError('transports.mailbox_full', options),
  'transports.throttled': (options) => new AppError('transports.throttled', options),
} as const satisfies Partial<Record<ErrorCode, Made>>
type ImapCode = keyof typeof MADE

/** Observations on a connection, in addition to the error that ended it. */
export interface Overheard {
  /** Latest refusals of the server, newest last. */
  refusals: readonly string[]
  /** Text of the `BYE` response. */
  bye: string | undefined
  /** Pause requested by the server, in milliseconds. */
  throttledMs: number | undefined
  /** True if one of our deadlines closed the connection. */
  timedOut: boolean
}

export interface Circumstances {
  /** Phase of the connection. Before the sign-in is complete, a refusal has another meaning. */
  during: 'opening' | 'working'
  principalKind: 'owner' | 'delegate' | 'application' | 'password'
  now: Date
  overheard: Overheard
}

/** Likeliest reason for a sign-in without access to the mailbox, by kind of principal. */
const NOT_CONNECTED: Readonly<Record<Circumstances['principalKind'], ImapCode>> = {
  owner: 'transports.imap_off',
  password: 'transports.imap_off',
  delegate: 'transports.imap_no_access',
  application: 'transports.imap_application_unknown',
}

const SENTENCES: readonly (readonly [RegExp, string, ImapCode | 'not-connected'])[] = [
  [/authenticated but not connected/i, 'AuthenticatedButNotConnected', 'not-connected'],
  [/AccessTokenExpired/, 'AccessTokenExpired', 'transports.imap_session_ended'],
  [/Request is throttled/i, 'RequestThrottled', 'transports.throttled'],
  [/basic authentication is disabled/i, 'BasicAuthenticationDisabled', 'transports.imap_password_refused_here'],
  [
    /too many (?:simultaneous |concurrent )?connections|maximum number of connections|connection limit|concurrent connections/i,
    'TooManyConnections',
    'transports.imap_too_many_connections',
  ],
  [/Server Unavailable|server (?:is )?busy/i, 'ServerUnavailable', 'transports.imap_unavailable'],
]

/** Error codes by response code (RFC 5530 §3, RFC 9051 §7.1). */
const RESPONSE_CODES: Readonly<Record<string, ImapCode>> = {
  UNAVAILABLE: 'transports.imap_unavailable',
  SERVERBUG: 'transports.imap_unavailable',
  INUSE: 'transports.imap_unavailable',
  LIMIT: 'transports.imap_too_many_connections',
  NONEXISTENT: 'transports.item_gone',
  NOPERM: 'transports.imap_no_access',
  OVERQUOTA: 'transports.mailbox_full',
  EXPIRED: 'transports.imap_login_refused',
  PRIVACYREQUIRED: 'transports.imap_tls_missing',
  CONTACTADMIN: 'transports.imap_login_refused',
}

/** Node's error codes for unreachable servers. */
const UNREACHABLE = /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL|EHOSTDOWN)$/
const TIMED_OUT = /^(?:CONNECT_TIMEOUT|GREETING_TIMEOUT|UPGRADE_TIMEOUT|ETIMEDOUT|ETIMEOUT|LockTimeout)$/
/** Errors of OpenSSL and Node about certificates and handshakes. */
const OF_TLS =
  /CERT|UNABLE_TO_VERIFY|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|^ERR_(?:SSL|TLS)|^EPROTO$|ClosedAfterConnectTLS/
/** Errors of the library for a response that is not IMAP or exceeds a limit. */
const NOT_IMAP =
  /^(?:ParserError|UnexpectedTag|MissingTag|InvalidResponse|ResponseProcessingFailed|STARTTLS_INJECTION|COMPRESS_TRAILING_DATA|LineTooLarge|LiteralTooLarge|ResponseTooLarge|TooMany|MAX_IMAP_NESTING)/

interface Thrown extends Error {
  code?: string
  authenticationFailed?: boolean
  serverResponseCode?: string
  responseStatus?: string
  responseText?: string
  response?: unknown
  oauthError?: { status?: unknown }
  throttleReset?: number
}

/** Maps an error to an `AppError`. Returns an `AppError` unchanged. */
export function imapError(thrown: unknown, circumstances: Circumstances): AppError {
  if (thrown instanceof AppError) return thrown
  const { during, principalKind, now, overheard } = circumstances
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as Thrown
  const fail = (code: ImapCode, upstream: Upstream = {}) =>
    MADE[code]({ cause: error, ...(Object.keys(upstream).length > 0 && { upstream }) })

  const throttledMs = overheard.throttledMs ?? error.throttleReset
  if (throttledMs !== undefined) {
    const retryAt = new Date(now.getTime() + Math.min(throttledMs, LONGEST_REQUESTED_PAUSE_MS))
    return fail('transports.throttled', { code: 'RequestThrottled', retryAt })
  }
  if (overheard.timedOut) return fail('transports.imap_timed_out')

  const said = [error.responseText, textOf(error), overheard.bye, ...overheard.refusals.toReversed()]
  for (const [pattern, name, code] of SENTENCES) {
    if (!said.some((text) => text !== undefined && pattern.test(text))) continue
    return fail(code === 'not-connected' ? NOT_CONNECTED[principalKind] : code, { code: name })
  }
  const responseCode = named(error.serverResponseCode ?? responseCodeOf(error))
  const byCode = responseCode === undefined ? undefined : RESPONSE_CODES[responseCode]
  if (byCode !== undefined) return fail(byCode, { code: responseCode! })

  const { code = '' } = error
  if (during === 'opening') {
    if (
      error.authenticationFailed ||
      responseCode === 'AUTHENTICATIONFAILED' ||
      responseCode === 'AUTHORIZATIONFAILED'
    ) {
      const status = Number(error.oauthError?.status)
      return fail(principalKind === 'password' ? 'transports.imap_login_refused' : 'transports.imap_token_refused', {
        code: responseCode ?? 'AuthenticateFailed',
        ...(Number.isInteger(status) && { status }),
      })
    }
    if (
      /Unsupported authentication mechanism|No matching authentication method|Login is disabled/.test(error.message)
    ) {
      return fail('transports.imap_no_mechanism')
    }
    if (/STARTTLS/i.test(error.message)) return fail('transports.imap_tls_missing')
  }
  // Error of the library after a refused STATUS of an unlisted folder.
  if (code === 'NotFound') return fail('transports.item_gone', { code })
  if (OF_TLS.test(code)) return fail('transports.imap_tls_refused', { code })
  if (UNREACHABLE.test(code)) return fail('transports.imap_unreachable', { code })
  if (TIMED_OUT.test(code)) return fail('transports.imap_timed_out', { code })
  if (NOT_IMAP.test(code)) return fail('transports.imap_not_understood', { code })
  if (error.responseStatus === 'NO' || error.responseStatus === 'BAD') {
    return fail('transports.imap_refused', { error: error.responseStatus, ...(responseCode && { code: responseCode }) })
  }
  return fail('transports.imap_unavailable', code === '' ? {} : { code: code.slice(0, 100) })
}

/** Returns true if the connection was lost without a refusal, so that another connection can be tried. */
export function isLostConnection(error: AppError): boolean {
  return error.code === 'transports.imap_session_ended' || error.code === 'transports.imap_unavailable'
}

function textOf({ response }: Thrown): string | undefined {
  return typeof response === 'string' ? response : undefined
}

/**
 * Returns the code only if it has the form of a response code. Other text in brackets may repeat what was sent to the
 * server, such as a password.
 */
function named(code: string | undefined): string | undefined {
  return code !== undefined && /^[A-Z][A-Z-]{2,20}$/.test(code) ? code : undefined
}

/** Response code such as `[NONEXISTENT]` at the start of a tagged response. */
function responseCodeOf({ response }: Thrown): string | undefined {
  const attributes = (response as { attributes?: { section?: { value?: unknown }[] }[] } | undefined)?.attributes
  const value = attributes?.[0]?.section?.[0]?.value
  return typeof value === 'string' ? value.toUpperCase().slice(0, 100) : undefined
}
