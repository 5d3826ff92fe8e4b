import type { DialGuard } from '../../kernel/dial-guard.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Envelope, MessageSending, TransportLimits } from '../mail-transport.ts'
import type { SessionPool } from './session-pool.ts'
import type { SmtpLogin, SmtpServer } from './smtp-login.ts'
import { hostAndPort } from '../../kernel/server-address.ts'
import { openSmtpSession, type SmtpLimits, type SmtpSession, TRIAL_LIMITS } from './smtp-session.ts'

const MEGABYTE = 1024 * 1024

/** Exchange Online by SMTP AUTH: 35 MB as base64 unless an admin changed it; 30 messages a minute. See docs/reference/microsoft-365.md §E.8. */
export const LIMITS_EXCHANGE_SMTP: TransportLimits = {
  messageBytes: 25 * MEGABYTE,
  attachmentBytes: 25 * MEGABYTE,
  messagesPerMinute: 30,
}
/** What most servers take. What one says itself (RFC 1870) counts before anything is uploaded. */
export const LIMITS_SMTP: TransportLimits = { messageBytes: 25 * MEGABYTE, attachmentBytes: 25 * MEGABYTE }

/** They lay a copy of what was handed over by SMTP into Sent. Of any other server nobody knows. */
const COPIES_BY_ITSELF: ReadonlySet<string> = new Set(['smtp.gmail.com', 'smtp.googlemail.com', 'smtp-relay.gmail.com'])

/** Servers that store a copy themselves do so while they accept the message, or right after that. */
const COPY_WITHIN_MS = 2000

export interface SmtpTransportOptions {
  server: SmtpServer
  login: SmtpLogin
  dialGuard: Pick<DialGuard, 'addressOf'>
  /** One per mailbox, whoever sends. */
  pool: SessionPool
  limits: TransportLimits
  /** Known of the server; otherwise by its name. */
  sentCopy?: MessageSending['sentCopy']
  /** Default {@link COPY_WITHIN_MS}. */
  copyWithinMs?: number
  /** How a copy gets into Sent, on the road by which the mailbox is read. */
  appendSent?: MessageSending['appendSent'] | undefined
  /** For trials and tests. */
  times?: SmtpLimits
}

/** A mailbox whose mail is handed over by SMTP (RFC 6409). */
export function createSmtpSending(options: SmtpTransportOptions): MessageSending {
  const { server, pool, limits, appendSent } = options
  const sentCopy = COPIES_BY_ITSELF.has(server.host.toLowerCase()) ? 'by-server' : 'perhaps-by-server'

  async function send(mime: Buffer, envelope: Envelope, beforeDot: () => Promise<void> = nothing): Promise<void> {
    for (;;) {
      const isDone = await pool.use(
        () => openSession(options),
        async (session, { isUsed }) => {
          try {
            await session.send(mime, envelope, beforeDot)
            return true
          } catch (error) {
            if (isUsed && isStale(error)) return false
            throw error
          }
        },
      )
      if (isDone) return
    }
  }

  return {
    road: 'smtp',
    by: 'message',
    limits,
    lane: `${hostAndPort(server)} ${options.login.userName.toLowerCase()}`,
    async tryOut() {
      const session = await openSession({ ...options, times: TRIAL_LIMITS })
      session.close()
    },
    send,
    sentCopy: options.sentCopy ?? sentCopy,
    copyWithinMs: options.copyWithinMs ?? COPY_WITHIN_MS,
    ...(appendSent && { appendSent }),
  }
}

/** The server ended a connection that was kept: it said nothing, and nothing of the message can have gone. */
function isStale(error: unknown): boolean {
  return (
    error instanceof AppError && error.code === 'transports.smtp_unavailable' && error.upstream?.status === undefined
  )
}

/** Connects and logs in, with another token when the first one is refused. @throws {AppError} */
export async function openSession({
  server,
  login,
  dialGuard,
  times,
}: Pick<SmtpTransportOptions, 'server' | 'login' | 'dialGuard' | 'times'>): Promise<SmtpSession> {
  const way = { server, dialGuard, ...(times && { limits: times }) }
  if (login.by === 'password') return openSmtpSession(way, login.userName, { password: await login.password() })
  for (let isReplaced = false; ; isReplaced = true) {
    const token = await login.accessToken()
    try {
      return await openSmtpSession(way, login.userName, { token: token.value })
    } catch (error) {
      const isRefused = error instanceof AppError && error.code === 'transports.smtp_token_refused'
      if (!isRefused || isReplaced) throw error
      await login.discard(token)
    }
  }
}

/** Nobody marks anything: a trial, or a message that nobody would miss. */
const nothing = () => Promise.resolve()
