/**
 * One connection to a submission server, from the egress guard to the final dot.
 *
 * nodemailer implements the protocol. This file adds these guarantees:
 *
 * 1. The guard resolves the name once, and the connection uses the checked address.
 * 2. Everything has a time limit (RFC 5321 §4.5.3.2): each step has its own, and an upload is measured by the bytes
 *    sent.
 * 3. A message is sent to all of its recipients or to none. If one is refused, the connection is closed before the
 *    first byte of the message, because DATA can't be canceled otherwise.
 * 4. Only a reply to the final dot confirms a message. A 250 before the dot means that the server does not have the
 *    message.
 * 5. `beforeDot` completes before the dot is sent. From then on, the outcome is unknown until the server replies.
 * 6. User name, password and token are discarded after the login.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.2
 */
import { once } from 'node:events'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { rootCertificates } from 'node:tls'
import { domainToASCII } from 'node:url'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { DialGuard } from '../../kernel/dial-guard.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Envelope } from '../mail-transport.ts'
import { forgetProofs } from './said-back.ts'
import { shownCertificate } from '../shown-certificate.ts'
import { createLimit, type Limit } from './limit.ts'
import { connectError, loginError, type Refusals, SaidTooSoon, sendError, type SendPhase } from './smtp-errors.ts'
import { toAuthentication, type Proof, listProofForms, type SmtpServer, xoauth2 } from './smtp-login.ts'

/** Time limits in milliseconds. */
export interface SmtpLimits {
  connectMs: number
  /** For the greeting and for the reply to a command. */
  commandMs: number
  /** Maximum time without progress of an upload. */
  pieceMs: number
  /** For the reply to the final dot; the server may deliver the message first. */
  dotMs: number
  /** Maximum duration of a whole message, whatever its progress. */
  wholeMs: number
}

/** Limits of RFC 5321 §4.5.3.2, with usual values for TCP. */
export const SMTP_LIMITS: SmtpLimits = {
  connectMs: 30_000,
  commandMs: 5 * 60_000,
  pieceMs: 3 * 60_000,
  dotMs: 10 * 60_000,
  wholeMs: 60 * 60_000,
}
/** Shorter limits for a trial whose result a person waits for. */
export const TRIAL_LIMITS: SmtpLimits = {
  connectMs: 10_000,
  commandMs: 15_000,
  pieceMs: 15_000,
  dotMs: 15_000,
  wholeMs: 30_000,
}

const PIECE_BYTES = 64 * 1024
/** Event loop turns after a write: Node needs one, and one more for each TLS record in its buffers. */
const TURNS_OF_TLS = 4
/** Additional time per recipient, because servers look up recipients one after another. */
const RECIPIENT_MS = 2000

export interface SmtpSessionOptions {
  server: SmtpServer
  dialGuard: Pick<DialGuard, 'addressOf'>
  limits?: SmtpLimits
}

export interface SmtpSession {
  /** True if the connection can send another message. */
  readonly isOpen: boolean
  /** Maximum message size announced by the server (RFC 1870); undefined if it announced none. */
  readonly sizeBytes: number | undefined
  /** @throws {AppError} `transports.…`, and the error of `beforeDot` */
  send(mime: Buffer, envelope: Envelope, beforeDot: () => Promise<void>): Promise<void>
  close(): void
}

/** Private fields of nodemailer 10.6.1. The version is pinned, and tests cover their use. */
interface Internals {
  _auth: unknown
  _socket: Socket
  _currentDataStream: unknown
  _maxAllowedSize: number
  _supportedExtensions: readonly string[]
}

/** Connects and logs in. @throws {AppError} `transports.…`, `egress.…` */
export async function openSmtpSession(
  { server, dialGuard, limits = SMTP_LIMITS }: SmtpSessionOptions,
  userName: string,
  proof: Proof,
): Promise<SmtpSession> {
  const address = await dialGuard.addressOf(server.host, server.port)
  const socket = await tcp(address, server.port, limits.connectMs)
  const connection = new SMTPConnection({
    host: server.host,
    connection: socket,
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    connectionTimeout: 2 * limits.commandMs,
    greetingTimeout: limits.commandMs,
    // Closes a connection without traffic for longer, whatever step is pending.
    socketTimeout: limits.dotMs + limits.commandMs,
    // Data in the buffer must not be sent after a close.
    socketCloseTimeout: 0,
    maxResponseSize: 64 * 1024,
    customAuth: xoauth2(userName, proof),
    tls: {
      minVersion: 'TLSv1.2',
      // An IP address has no server name (RFC 6066 §3); the certificate is compared with the address.
      ...(isIP(server.host) === 0 && { servername: server.host }),
      ...(server.ca && server.ca.length > 0 && { ca: [...rootCertificates, ...server.ca] }),
    },
  })
  const inside = connection as unknown as Internals
  // An error rejects the pending step; without a listener, it would end the process.
  const broken = once(connection, 'error').then(([error]) => Promise.reject(error as Error))
  broken.catch(() => undefined)
  // `once` receives only the first error.
  connection.on('error', () => undefined)
  let isOpen = true
  connection.on('end', () => (isOpen = false))

  function close(): void {
    isOpen = false
    connection.close()
    inside._socket.destroy()
  }

  /** Runs a step. Ends with its result, with the connection, or after the time limit without progress. */
  async function step<T>(
    work: (done: (error?: Error | null, result?: T) => void, limit: Limit) => void,
    ms: number,
  ): Promise<T | undefined> {
    const limit = createLimit(ms)
    const whole = createLimit(Math.max(limits.wholeMs, ms))
    try {
      return await Promise.race([
        new Promise<T | undefined>((resolve, reject) => {
          work((error, result) => (error ? reject(error) : resolve(result)), limit)
        }),
        broken,
        limit.isOver,
        whole.isOver,
      ])
    } catch (error) {
      close()
      throw error
    } finally {
      limit.stop()
      whole.stop()
    }
  }

  try {
    await step((done) => connection.connect(done), limits.commandMs)
  } catch (thrown) {
    const error = connectError(thrown)
    if (error.code !== 'transports.smtp_tls_refused') throw error
    const detail = (await shownCertificate(server, address, 'smtp')) ?? error.detail
    throw new AppError('transports.smtp_tls_refused', { cause: thrown, detail })
  }
  try {
    await step((done) => connection.login(toAuthentication(userName, proof), done), limits.commandMs)
  } catch (error) {
    forgetProofs(error, listProofForms(userName, proof))
    throw loginError(error, 'token' in proof ? 'token' : 'password')
  } finally {
    inside._auth = undefined
    connection.customAuth.clear()
  }

  async function send(mime: Buffer, { from, to }: Envelope, beforeDot: () => Promise<void>): Promise<void> {
    const [sender, ...recipients] = [from, ...to].map((address) => onTheWire(address, inside._supportedExtensions))
    // nodemailer writes the refused recipients into it.
    const envelope: SMTPConnection.Envelope & Refusals = { from: sender, to: recipients, size: mime.length }
    const at: { phase: SendPhase; ours?: unknown; isAnswered: boolean } = { phase: 'envelope', isAnswered: false }
    try {
      const info = await step<SMTPConnection.SentMessageInfo>(
        (done, limit) => {
          const source = Readable.from(pieces(limit), { objectMode: false, highWaterMark: PIECE_BYTES })
          connection.send(envelope, source, (error, told) => {
            at.isAnswered = true
            done(error, told)
          })
        },
        limits.commandMs + to.length * RECIPIENT_MS,
      )
      if (at.phase !== 'dot' || inside._currentDataStream || !(await hasLeft(inside._socket))) {
        // The rest of the message is discarded with the connection.
        at.phase = 'body'
        throw new SaidTooSoon()
      }
      // An incomplete reply may start with a 2 as well (RFC 5321 §4.2).
      if (!/^2\d\d(?:[ -]|$)/.test(info?.response ?? '')) throw new Error('half an answer')
    } catch (error) {
      close()
      throw sendError(error, { ...at, ...envelope })
    }

    /** Throws if a reply has already arrived. */
    async function refuseHaste(): Promise<void> {
      await nextTurn()
      if (at.isAnswered) throw new SaidTooSoon()
    }

    async function* pieces(limit: Limit): AsyncGenerator<Buffer> {
      try {
        if ((envelope.rejected?.length ?? 0) > 0) throw new Error('somebody is refused')
        at.phase = 'body'
        for (let from = 0; from < mime.length; from += PIECE_BYTES) {
          limit.restart(limits.pieceMs)
          yield mime.subarray(from, from + PIECE_BYTES)
        }
        limit.restart(limits.dotMs)
        await refuseHaste()
        await beforeDot()
        await refuseHaste()
        at.phase = 'dot'
      } catch (error) {
        at.ours = error
        throw error
      }
    }
  }

  return {
    get isOpen() {
      return isOpen && inside._socket.writable
    },
    get sizeBytes() {
      return inside._maxAllowedSize > 0 ? inside._maxAllowedSize : undefined
    },
    send,
    close,
  }
}

/**
 * Encodes an address for SMTP. Non-ASCII characters before the @ require SMTPUTF8 (RFC 6531 §3.4); a domain has an
 * ASCII form.
 */
function onTheWire(address: string, extensions: readonly string[]): string {
  const at = address.lastIndexOf('@')
  const ascii = `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`
  if (/^[\x21-\x7e]+$/.test(ascii)) return ascii
  if (extensions.includes('SMTPUTF8')) return address
  throw new AppError('transports.recipient_refused', { detail: `${address}: the server takes only ASCII before the @` })
}

/**
 * Returns true if all written data has left this process. TLS reports this a few event loop turns late, and a reply may
 * be read before. Data that really waits for the peer does not leave within so few turns.
 */
async function hasLeft(socket: Socket): Promise<boolean> {
  for (let turn = 0; turn < TURNS_OF_TLS && socket.writableLength > 0; turn++) await nextTurn()
  return socket.writableLength === 0
}

function tcp(address: string, port: number, ms: number): Promise<Socket> {
  const socket = connectTcp({ host: address, port }).on('error', () => undefined)
  const limit = createLimit(ms)
  return Promise.race([once(socket, 'connect').then(() => socket), limit.isOver])
    .catch((error: unknown) => {
      socket.destroy()
      throw connectError(error)
    })
    .finally(() => limit.stop())
}
