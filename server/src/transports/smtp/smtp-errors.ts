import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { AppError, type Upstream } from '../../kernel/errors.ts'
import { TooLate } from './limit.ts'

/** Phase of a submission. `dot`: the final dot may have been sent. */
export type SendPhase = 'envelope' | 'body' | 'dot'

/** Results that nodemailer writes into the envelope. */
export interface Refusals {
  rejected?: string[]
  rejectedErrors?: readonly (SMTPConnection.SMTPError & { recipient?: string })[]
}

/** The server replied before the request was complete. */
export class SaidTooSoon extends Error {
  override readonly name = 'SaidTooSoon'
}

const LONGEST_ANSWER = 300

type Failure = (options: { cause: unknown; detail?: string; upstream: Upstream }) => AppError

const tooMany: Failure = (options) => new AppError('transports.smtp_too_many_connections', options)
const switchedOff: Failure = (options) => new AppError('transports.smtp_off', options)
const noPasswords: Failure = (options) => new AppError('transports.smtp_no_passwords', options)
const blocked: Failure = (options) => new AppError('transports.smtp_sign_in_blocked', options)
const sendAs: Failure = (options) => new AppError('transports.send_as_denied', options)
const senderBlocked: Failure = (options) => new AppError('transports.smtp_sender_blocked', options)
const sendLimit: Failure = (options) => new AppError('transports.send_limit_reached', options)
const tooLarge: Failure = (options) => new AppError('transports.message_too_large', options)
const notEnabled: Failure = (options) => new AppError('transports.mailbox_not_enabled', options)
const unavailable: Failure = (options) => new AppError('transports.smtp_unavailable', options)
const tokenRefused: Failure = (options) => new AppError('transports.smtp_token_refused', options)
const passwordRefused: Failure = (options) => new AppError('transports.smtp_password_refused', options)
const messageRefused: Failure = (options) => new AppError('transports.smtp_message_refused', options)
const recipient: Failure = (options) => new AppError('transports.recipient_refused', options)

const notUnderstood: Failure = (options) => new AppError('transports.smtp_not_understood', options)

/** 4.3.2 alone means that a server accepts no mail at the moment (RFC 3463 §3.4). */
const TOO_MANY = /^432\b|\b4\.3\.2\b.*(?:concurrent connections|thread limit)/is

/** Error for a pattern of replies. @see docs/reference/microsoft-365.md §E.6 */
interface Meaning {
  /** Pattern of a reply such as `535 5.7.139 Authentication unsuccessful, …`. */
  pattern: RegExp
  means: Failure
}

/**
 * Enhanced status codes first (RFC 3463). Exchange uses 5.7.139 and 5.2.0 for several errors, which only a name in the
 * text distinguishes; Postfix uses 5.7.1 for everything.
 */
const AT_LOGIN: readonly Meaning[] = [
  { pattern: TOO_MANY, means: tooMany },
  // A missing command is not a refusal: there is a proxy, or a different server than expected (RFC 4954 §4).
  { pattern: /^50[0-4]\b/, means: notUnderstood },
  { pattern: /\b5\.7\.139\b.*SmtpClientAuthentication/is, means: switchedOff },
  { pattern: /\b5\.7\.139\b.*basic authentication/is, means: noPasswords },
  { pattern: /\b5\.7\.139\b/, means: blocked },
  { pattern: /\b5\.7\.30\b/, means: noPasswords },
]
const OF_MESSAGES: readonly Meaning[] = [
  { pattern: /\b5\.7\.60\b|\b5\.2\.252\b|SendAsDenied/i, means: sendAs },
  { pattern: /^55[03]\b.*\b5\.7\.1\b.*Sender address rejected/is, means: sendAs },
  { pattern: /\b5\.1\.8\b/, means: senderBlocked },
  { pattern: /\b5\.7\.708\b|SubmissionQuotaExceeded|TERRL/i, means: sendLimit },
  { pattern: TOO_MANY, means: tooMany },
  { pattern: /^552\b|\b5\.3\.4\b/, means: tooLarge },
  { pattern: /^550\b.*Mailbox cannot be accessed/is, means: notEnabled },
]
/** Names in replies that distinguish refusals with the same code. */
const NAMES =
  /SmtpClientAuthentication|SendAsDenied|SubmissionQuotaExceeded|basic authentication|Concurrent connections|sender thread limit/i

/** Maps an error of connecting. */
export function connectError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const error = thrown as SMTPConnection.SMTPError
  if (isTooLate(error)) return new AppError('transports.smtp_timed_out', { cause: error })
  if (error.code === 'ETLS' || isOfCertificate(error)) {
    return new AppError('transports.smtp_tls_refused', { cause: error, detail: shortened(error.message) })
  }
  const reply = readReply(error)
  if (reply.response !== '') return worded(error, AT_LOGIN, unavailable)
  if (error.code === 'EPROTOCOL') return new AppError('transports.smtp_not_understood', { cause: error })
  if (error.code === 'ECONNECTION') return new AppError('transports.smtp_unavailable', { cause: error })
  return new AppError('transports.smtp_unreachable', { cause: error })
}

/** Maps an error of the login. */
export function loginError(thrown: unknown, by: 'token' | 'password'): AppError {
  if (thrown instanceof AppError) return thrown
  const error = thrown as SMTPConnection.SMTPError
  if (isTooLate(error)) return new AppError('transports.smtp_timed_out', { cause: error })
  const { status } = readReply(error)
  // 454: the server can't check the password at the moment (RFC 4954 §6).
  if (status >= 400 && status < 500) return worded(error, AT_LOGIN, unavailable)
  if (status >= 500) {
    const refused = by === 'token' ? tokenRefused : passwordRefused
    return worded(error, AT_LOGIN, refused)
  }
  // The server offers no method for a password.
  if (error.code === 'EAUTH' && by === 'password') return new AppError('transports.smtp_no_passwords', { cause: error })
  return new AppError('transports.smtp_unavailable', { cause: error })
}

/**
 * Maps an error of sending a message. Internal errors thrown in between are returned unchanged.
 *
 * The outcome is unknown without a reply to the final dot, or if the reply is 421, which means that the server shuts
 * down.
 */
export function sendError(
  thrown: unknown,
  { phase, ours, rejected = [], rejectedErrors = [] }: { phase: SendPhase; ours?: unknown } & Refusals,
): unknown {
  // With PIPELINING, a refused sender causes all recipients to be refused as well.
  if (rejected.length > 0 && !isOfSender(thrown)) return recipientError(rejectedErrors, thrown)
  if (ours !== undefined) return ours
  if (thrown instanceof SaidTooSoon) return new AppError('transports.smtp_not_understood', { cause: thrown })
  const error = thrown as SMTPConnection.SMTPError
  const { status } = readReply(error)
  if (phase === 'dot' && (status === 0 || status === 421)) {
    return new AppError('transports.smtp_cut', {
      cause: error,
      upstream: { mayHaveGone: true, ...(status > 0 && { status }) },
    })
  }
  if (isTooLate(error)) return new AppError('transports.smtp_timed_out', { cause: thrown })
  if (status >= 500) return worded(error, OF_MESSAGES, refusesSender(error) ? sendAs : messageRefused)
  // Larger than the limit announced by the server; not sent.
  if (status === 0 && error.code === 'EMESSAGE') return new AppError('transports.message_too_large', { cause: error })
  return worded(error, OF_MESSAGES, unavailable)
}

function isOfSender(thrown: unknown): boolean {
  return (thrown as SMTPConnection.SMTPError).command === 'MAIL FROM'
}

/**
 * Returns true if a policy refused the sender after a successful login. The texts vary by server, and Exim sends no
 * enhanced code: `550 Administrative prohibition`.
 *
 * @see RFC 5321 §4.2.3, RFC 3463 §3.8
 */
function refusesSender(error: SMTPConnection.SMTPError): boolean {
  const { status, enhanced } = readReply(error)
  return isOfSender(error) && (status === 550 || status === 553) && /^5\.7\.[01]$/.test(enhanced ?? '5.7.0')
}

/** Error that lists all refused recipients. If one refusal is permanent, a retry is pointless. */
function recipientError(refused: NonNullable<Refusals['rejectedErrors']>, cause: unknown): AppError {
  const worst = refused.find((each) => readReply(each).status >= 500) ?? refused[0]
  if (!worst) return new AppError('transports.recipient_refused', { cause })
  const isForGood = readReply(worst).status >= 500
  const error = worded(worst, OF_MESSAGES, isForGood ? recipient : unavailable)
  const detail = refused.map((each) => `${each.recipient ?? ''}: ${shortened(each.response ?? '')}`).join('; ')
  return new AppError(error.code, { cause: worst, upstream: error.upstream, detail: shortened(detail) })
}

/**
 * Codes of OpenSSL and Node for a refused certificate. After STARTTLS, the error has no other sign of TLS.
 *
 * @see https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const OF_CERTIFICATE = /CERT|UNABLE_TO_VERIFY|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|^ERR_(?:SSL|TLS)/

function isOfCertificate({ code = '', ...error }: NodeJS.ErrnoException): boolean {
  const { originalCode = '' } = error as { originalCode?: string }
  return OF_CERTIFICATE.test(code) || OF_CERTIFICATE.test(originalCode)
}

function isTooLate(error: NodeJS.ErrnoException): boolean {
  return error instanceof TooLate || error.code === 'ETIMEDOUT'
}

function worded(error: SMTPConnection.SMTPError, meanings: readonly Meaning[], otherwise: Failure): AppError {
  const { status, response, enhanced } = readReply(error)
  const means = meanings.find(({ pattern }) => pattern.test(response))?.means ?? otherwise
  const [name] = NAMES.exec(response) ?? []
  const code = [enhanced, name].filter((part) => part !== undefined).join(' ')
  return means({
    cause: error,
    ...(response !== '' && { detail: shortened(response) }),
    upstream: { ...(status > 0 && { status }), ...(code !== '' && { code }) },
  })
}

function readReply({ response, responseCode = 0 }: SMTPConnection.SMTPError) {
  const text = typeof response === 'string' ? response : ''
  const [, enhanced] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(text) ?? []
  return { response: text, status: responseCode, enhanced }
}

function shortened(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_ANSWER)
}
