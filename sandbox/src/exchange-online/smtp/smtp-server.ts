import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { Database } from '../../kernel/database.ts'
import { LOOPBACK_HOSTS } from '../../kernel/network.ts'
import { createLimits } from './limits.ts'
import { NO_SUCH_MECHANISM, NOT_AS_SENDER, Reply, UNAUTHENTICATED } from './replies.ts'
import { findSender } from './sender.ts'
import { signIn, type SignedIn, type SignInDeps } from './sign-in.ts'
import { starttlsCertificate } from './starttls-certificate.ts'
import { createSubmission, type SubmissionDeps } from './submission.ts'
import { createSessionFaults } from './session-faults.ts'
import { type Connection, speakLikeExchange } from './exchange-replies.ts'

export interface SmtpServerDeps extends SignInDeps, SubmissionDeps {
  clock: SubmissionDeps['clock']
  database: Database
  report: (error: unknown) => void
}

export interface SmtpServer {
  /** Listens on up to two hosts, by default both loopback addresses. Returns the port; 0 lets the system choose. */
  listen(port: number, hosts?: readonly string[]): Promise<number>
  close(): Promise<void>
}

/** Idle timeout of the RFC between two commands. @see RFC 5321 section 4.5.3.2.7 */
const SILENCE_MS = 5 * 60_000
/** An access token has up to 3 KB, encoded in base64 (docs/reference/microsoft-365.md §E.2: accept 12 KB). */
const LONGEST_COMMAND = 16_384
/** A longer message is read to its end and refused. */
const MOST_BYTES_KEPT = 160 * 1024 * 1024

export function createSmtpServer(deps: SmtpServerDeps): SmtpServer {
  const { clock, directory, faults, report } = deps
  const limits = createLimits(clock)
  const submit = createSubmission(deps)
  const sessionFaults = createSessionFaults(faults)
  const certificate = starttlsCertificate(deps.database, clock)

  /** One server for each host, started and stopped together. */
  const servers = [createServer(), createServer()]

  function createServer(): SMTPServer {
    const server = new SMTPServer({
      name: 'exchange',
      heloResponse: '%s Hello [127.0.0.1]',
      authMethods: ['LOGIN', 'XOAUTH2'],
      authRequiredMessage: UNAUTHENTICATED,
      // Allowed without TLS on loopback, for programs without a trusted certificate.
      allowInsecureAuth: true,
      ...certificate,
      disableReverseLookup: true,
      socketTimeout: SILENCE_MS,
      closeTimeout: 100,
      maxCommandLength: LONGEST_COMMAND,
      size: 157_286_400,
      logger: false,

      onConnect(session, callback) {
        const connection = connectionOf(session)
        speakLikeExchange(connection, {
          clock,
          without: () => faults.ask('smtp.ehlo', sessionFaults.subjectOf(session, 'EHLO'))?.without ?? [],
          endsBeforeData: () => {
            const met = cutIn(session)
            if (met?.effect.afterBytes !== 0) return false
            met.reveal()
            return true
          },
        })
        answer(callback, () =>
          sessionFaults.applyAt('smtp.connection', connection, sessionFaults.subjectOf(session, 'connection')),
        )
      },
      onAuth(auth, session, callback) {
        let user: SignedIn | undefined
        answer(
          (error) => callback(error, { user }),
          async () => {
            // Capabilities that are not advertised are also refused.
            const left = faults.ask('smtp.ehlo', sessionFaults.subjectOf(session, 'AUTH'))?.without ?? []
            if (left.includes('AUTH') || (left.includes('XOAUTH2') && auth.method === 'XOAUTH2'))
              throw new Reply(NO_SUCH_MECHANISM)
            const signedIn = await signIn(auth, deps)
            const subject = { ...signedIn.subject, call: 'SMTP AUTH' }
            if (!(await sessionFaults.applyAt('smtp.sign-in', connectionOf(session), subject))) return false
            limits.connected(signedIn.mailboxId, session.id)
            user = signedIn
            return true
          },
        )
      },
      onMailFrom({ address }, session, callback) {
        answer(callback, async () => {
          const subject = { ...sessionFaults.subjectOf(session, 'MAIL FROM'), named: address }
          if (!(await sessionFaults.applyAt('smtp.sender', connectionOf(session), subject))) return false
          const isDenied = () => {
            const met = faults.find('smtp.send-as', subject)
            if (met?.effect.at !== 'sender') return false
            met.reveal()
            return true
          }
          if (!findSender(address, signedInOf(session), directory, isDenied)) throw new Reply(NOT_AS_SENDER)
          return true
        })
      },
      onRcptTo({ address }, session, callback) {
        answer(callback, () =>
          sessionFaults.applyAt('smtp.recipient', connectionOf(session), {
            ...sessionFaults.subjectOf(session, 'RCPT TO'),
            named: address,
          }),
        )
      },
      onData(stream, session, callback) {
        let reply = ''
        answer(
          (error) => callback(error, reply),
          async () => {
            const mime = await read(stream, session)
            if (mime === undefined) return false
            const subject = { ...sessionFaults.subjectOf(session, 'DATA'), sizeBytes: mime.byteLength }
            const { mailFrom, rcptTo } = session.envelope
            if (!(await sessionFaults.applyAt('smtp.message', connectionOf(session), subject))) return false
            const signedIn = signedInOf(session)
            limits.message(signedIn.mailboxId)
            const from = mailFrom === false ? '' : mailFrom.address
            reply = await submit(signedIn, { from, to: rcptTo.map(({ address }) => address), mime })
            return sessionFaults.applyAt('smtp.taken', connectionOf(session), subject)
          },
        )
      },
      onClose: (session) => limits.disconnected(session.id),
    })
    // A disconnected client is not an internal error of the sandbox.
    server.on('error', () => undefined)
    return server
  }

  /** Calls back with a reply, without one on success, and not at all when the connection has ended. */
  function answer(callback: (error?: Error | null) => void, work: () => Promise<boolean>): void {
    work().then(
      (continues) => {
        if (continues) callback()
      },
      (error: unknown) => {
        if (isOver(error)) return
        if (!(error instanceof Reply)) report(error)
        callback(error instanceof Reply ? error : new Reply('451 4.7.0 Temporary server error. Please try again later'))
      },
    )
  }

  /** Bytes up to the final dot; `undefined` when the connection was cut before. */
  async function read(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Buffer | undefined> {
    const met = cutIn(session)
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.byteLength
      if (length <= MOST_BYTES_KEPT) chunks.push(chunk)
      if (met && length >= met.effect.afterBytes) break
    }
    if (met) {
      met.reveal()
      connectionOf(session)._socket.destroy()
      return undefined
    }
    if (length > MOST_BYTES_KEPT) throw new Reply('552 5.3.4 Message size exceeds fixed maximum message size')
    return Buffer.concat(chunks)
  }

  function cutIn(session: SMTPServerSession) {
    return faults.find('smtp.upload', sessionFaults.subjectOf(session, 'DATA'))
  }

  function connectionOf({ id }: SMTPServerSession): Connection {
    const found = servers.flatMap(({ connections }) => [...connections]).find((connection) => connection.id === id)
    if (!found) throw new ConnectionOver()
    return found
  }

  return {
    async listen(wanted, [first = '127.0.0.1', second] = LOOPBACK_HOSTS) {
      const port = await listenOn(servers[0]!, first, wanted)
      if (second === undefined) return port
      // A machine without IPv6 has no ::1.
      await listenOn(servers[1]!, second, port).catch((error: unknown) => {
        const { code } = error as NodeJS.ErrnoException
        if (code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') throw error
      })
      return port
    },
    async close() {
      sessionFaults.close()
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
    },
  }
}

function signedInOf(session: SMTPServerSession): SignedIn {
  return session.user as SignedIn
}

function listenOn(server: SMTPServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.on('error', reject)
    const listening = server.listen(port, host, () => resolve((listening.address() as AddressInfo).port))
  })
}

/** Thrown when the client disconnects during its message. */
class ConnectionOver extends Error {}

/** True when the connection has ended. For an incomplete message, the library sets an error code. */
function isOver(error: unknown): boolean {
  return error instanceof ConnectionOver || (error instanceof Error && 'code' in error && error.code === 'ECONNECTION')
}
