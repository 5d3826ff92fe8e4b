/**
 * Sends one mail to one recipient through the relay and classifies the result.
 *
 * Until the relay has answered 354 to DATA it has no message, and any failure may be retried. From the first byte of
 * the message on it may have it: `beforeBody` runs at that point, and if the connection then breaks without a reply the
 * result is unclear (RFC 5321 §4.5.3.2.6 describes this gap; no SMTP server closes it).
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.2.6
 */
import { once } from 'node:events'
import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import { rootCertificates } from 'node:tls'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { DialGuard } from '../kernel/dial-guard.ts'
import { AppError } from '../kernel/errors.ts'
import type { RelayWithPassword } from './relay-settings.ts'

const TIMEOUT_MS = { dns: 5_000, connect: 10_000, greeting: 10_000, silence: 30_000 }
/** Maximum duration in total, for any number of replies in between. */
const LONGEST_MS = 60_000
const LONGEST_ANSWER = 200

export interface SmtpMessage {
  from: string
  to: string
  source: Buffer
}

/** @throws {AppError} `alerts.relay_…`, `egress.…`; with the reply of the relay as `detail` */
export async function sendBySmtp(
  { dialGuard }: { dialGuard: DialGuard },
  relay: RelayWithPassword,
  message: SmtpMessage,
  beforeBody: () => Promise<void>,
): Promise<{ answer: string }> {
  const address = await dialGuard.addressOf(relay.host, relay.port)
  const connection = new SMTPConnection({
    host: address,
    port: relay.port,
    secure: relay.security === 'tls',
    requireTLS: relay.security === 'starttls',
    ignoreTLS: relay.security === 'none',
    dnsTimeout: TIMEOUT_MS.dns,
    connectionTimeout: TIMEOUT_MS.connect,
    greetingTimeout: TIMEOUT_MS.greeting,
    socketTimeout: TIMEOUT_MS.silence,
    tls: {
      minVersion: 'TLSv1.2',
      // An IP address has no server name (RFC 6066 §3); the certificate is compared with the address.
      ...(isIP(relay.host) === 0 && { servername: relay.host }),
      ...(relay.ca !== undefined && { ca: [...rootCertificates, relay.ca] }),
    },
  })
  let bodyBegan = false
  const source = Readable.from(
    (async function* () {
      await beforeBody()
      bodyBegan = true
      yield message.source
    })(),
    { objectMode: false },
  )
  // An error rejects the pending step; without a listener, it would end the process.
  const broken = once(connection, 'error').then(([error]) => Promise.reject(error as Error))
  broken.catch(() => undefined)
  // `once` receives only the first error.
  connection.on('error', () => undefined)
  const tooLong = AbortSignal.timeout(LONGEST_MS)
  const cut = new Promise<never>((_resolve, reject) => {
    tooLong.addEventListener('abort', () => reject(new Error('the relay took too long')), { once: true })
  })
  const step = <T>(work: (done: (error?: Error | null, result?: T) => void) => void) =>
    Promise.race([
      new Promise<T | undefined>((resolve, reject) =>
        work((error, result) => (error ? reject(error) : resolve(result))),
      ),
      broken,
      cut,
    ])

  try {
    await step((done) => connection.connect(done))
    if (relay.userName !== undefined && relay.password) {
      const auth = { user: relay.userName, pass: relay.password.reveal() }
      await step((done) => connection.login({ credentials: auth }, done))
    }
    const envelope = { from: message.from, to: [message.to], size: message.source.length }
    const taken = await step<SMTPConnection.SentMessageInfo>((done) => connection.send(envelope, source, done))
    return { answer: shortened(taken?.response ?? '') }
  } catch (error) {
    throw translate(error, bodyBegan)
  } finally {
    source.destroy()
    connection.close()
  }
}

function translate(thrown: unknown, bodyBegan: boolean): AppError {
  if (thrown instanceof AppError) return thrown
  const error = thrown as SMTPConnection.SMTPError
  const { responseCode = 0 } = error
  const options = {
    cause: error,
    ...(responseCode > 0 && { detail: shortened(error.response ?? ''), upstream: { status: responseCode } }),
  }
  if (bodyBegan && responseCode === 0) return new AppError('alerts.relay_outcome_unclear', options)
  if (error.code === 'ETLS' || isOfCertificate(error)) return new AppError('alerts.relay_not_trusted', options)
  if (error.code === 'EAUTH') {
    // 454: the server can't check the password at the moment (RFC 4954 §6).
    if (responseCode >= 400 && responseCode < 500) return new AppError('alerts.relay_deferred', options)
    return new AppError('alerts.relay_login_refused', options)
  }
  if (responseCode >= 500) return new AppError('alerts.relay_refused', options)
  if (responseCode >= 400) return new AppError('alerts.relay_deferred', options)
  return new AppError('alerts.relay_unreachable', options)
}

/**
 * Codes of OpenSSL and Node for a refused certificate. An unknown authority has the code
 * UNABLE_TO_VERIFY_LEAF_SIGNATURE.
 *
 * @see https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const OF_CERTIFICATE = /CERT|UNABLE_TO_VERIFY|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|^ERR_(?:SSL|TLS)/

function isOfCertificate({ code = '', ...error }: NodeJS.ErrnoException): boolean {
  const { originalCode = '' } = error as { originalCode?: string }
  return OF_CERTIFICATE.test(code) || OF_CERTIFICATE.test(originalCode)
}

function shortened(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, LONGEST_ANSWER)
}
