/**
 * One connection to a server that sends mail, from the egress guard to the last dot.
 *
 * nodemailer speaks the protocol; what it leaves open is decided here:
 *
 * 1. The name is resolved once, by the guard, and the connection goes to the address that was looked at.
 * 2. Everything ends (RFC 5321 §4.5.3.2): each step has its limit, and an upload is measured by what leaves.
 * 3. A message goes to all of its recipients or to none. When one is refused the connection ends before a byte of the
 *    message, for there is no other way back from DATA.
 * 4. Only an answer to the final dot is one. What comes before was about something else, and whoever says 250 then has
 *    not got the message.
 * 5. `beforeDot` is through before the dot is sent. From there on nobody but the server knows, until it has answered.
 * 6. Of user name, password and token nothing is kept once the login is over.
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
import { authOf, type Proof, proofsOf, type SmtpServer, xoauth2 } from './smtp-login.ts'

/** How long things may take, in milliseconds. */
export interface SmtpLimits {
  connectMs: number
  /** For a greeting, and for an answer to a command. */
  commandMs: number
  /** Without a piece of the message leaving. */
  pieceMs: number
  /** For the answer to the final dot: the server may deliver before it says that it has. */
  dotMs: number
  /** However it goes on: of a whole message. */
  wholeMs: number
}

/** RFC 5321 §4.5.3.2, and for TCP what is usual. */
export const SMTP_LIMITS: SmtpLimits = {
  connectMs: 30_000,
  commandMs: 5 * 60_000,
  pieceMs: 3 * 60_000,
  dotMs: 10 * 60_000,
  wholeMs: 60 * 60_000,
}
/** For somebody who waits at a screen. */
export const TRIAL_LIMITS: SmtpLimits = {
  connectMs: 10_000,
  commandMs: 15_000,
  pieceMs: 15_000,
  dotMs: 15_000,
  wholeMs: 30_000,
}

const PIECE_BYTES = 64 * 1024
/** Node needs one, and one for each record that was still in its own buffers. */
const TURNS_OF_TLS = 4
/** Servers look recipients up, one after another. */
const RECIPIENT_MS = 2000

export interface SmtpSessionOptions {
  server: SmtpServer
  dialGuard: Pick<DialGuard, 'addressOf'>
  limits?: SmtpLimits
}

export interface SmtpSession {
  /** It can take another message. */
  readonly isOpen: boolean
  /** What the server takes at most, as it said (RFC 1870); undefined when it did not. */
  readonly sizeBytes: number | undefined
  /** @throws {AppError} `transports.…`, and what `beforeDot` throws */
  send(mime: Buffer, envelope: Envelope, beforeDot: () => Promise<void>): Promise<void>
  close(): void
}

/** What of nodemailer 10.6.1 is no promise of it. The version is pinned, and tests hold what is made of this. */
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
    // A socket that is silent for longer is dead, whatever anybody waits for.
    socketTimeout: limits.dotMs + limits.commandMs,
    // What has not left yet must not leave afterwards.
    socketCloseTimeout: 0,
    maxResponseSize: 64 * 1024,
    customAuth: xoauth2(userName, proof),
    tls: {
      minVersion: 'TLSv1.2',
      // An address has no name to ask for (RFC 6066 §3); its certificate is compared with the address.
      ...(isIP(server.host) === 0 && { servername: server.host }),
      ...(server.ca && server.ca.length > 0 && { ca: [...rootCertificates, ...server.ca] }),
    },
  })
  const inside = connection as unknown as Internals
  // Errors reach whoever waits for the step that they end; without a listener they would end the process.
  const broken = once(connection, 'error').then(([error]) => Promise.reject(error as Error))
  broken.catch(() => undefined)
  // `once` hears the first error only.
  connection.on('error', () => undefined)
  let isOpen = true
  connection.on('end', () => (isOpen = false))

  function close(): void {
    isOpen = false
    connection.close()
    inside._socket.destroy()
  }

  /** Ends with the step, with the connection, or when nothing has moved for as long as it may. */
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
    await step((done) => connection.login(authOf(userName, proof), done), limits.commandMs)
  } catch (error) {
    forgetProofs(error, proofsOf(userName, proof))
    throw loginError(error, 'token' in proof ? 'token' : 'password')
  } finally {
    inside._auth = undefined
    connection.customAuth.clear()
  }

  async function send(mime: Buffer, { from, to }: Envelope, beforeDot: () => Promise<void>): Promise<void> {
    const [sender, ...recipients] = [from, ...to].map((address) => onTheWire(address, inside._supportedExtensions))
    // nodemailer writes into it who was refused.
    const envelope: SMTPConnection.Envelope & Refusals = { from: sender, to: recipients, size: mime.length }
    const at: { phase: SendPhase; ours?: unknown; isAnswered: boolean } = { phase: 'envelope', isAnswered: false }
    try {
      const told = await step<SMTPConnection.SentMessageInfo>(
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
        // What has not left yet goes with the connection.
        at.phase = 'body'
        throw new SaidTooSoon()
      }
      // A piece of an answer begins with a 2 as well (RFC 5321 §4.2).
      if (!/^2\d\d(?:[ -]|$)/.test(told?.response ?? '')) throw new Error('half an answer')
    } catch (error) {
      close()
      throw sendError(error, { ...at, ...envelope })
    }

    /** An answer that has come already is looked at first. */
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

/** Letters beyond ASCII need a server that takes them (RFC 6531 §3.4); a domain has another name without them. */
function onTheWire(address: string, extensions: readonly string[]): string {
  const at = address.lastIndexOf('@')
  const ascii = `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`
  if (/^[\x21-\x7e]+$/.test(ascii)) return ascii
  if (extensions.includes('SMTPUTF8')) return address
  throw new AppError('transports.recipient_refused', { detail: `${address}: the server takes only ASCII before the @` })
}

/**
 * Whether all that was written is out of our hands. TLS tells it a turn after it was so, and an answer that comes in a
 * busy turn is read before; what really waits for the other side to read does not leave in so few turns.
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
