import type { DialGuard } from '../../kernel/dial-guard.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Envelope, MessageSending, TransportLimits } from '../mail-transport.ts'
import type { SessionPool } from './session-pool.ts'
import type { SmtpLogin, SmtpServer } from './smtp-login.ts'
import { hostAndPort } from '../../kernel/server-address.ts'
import { openSmtpSession, type SmtpLimits, type SmtpSession, TRIAL_LIMITS } from './smtp-session.ts'

const MEGABYTE = 1024 * 1024

/**
 * Exchange Online by SMTP AUTH: 35 MB as base64 by default, and 30 messages per minute. See
 * docs/reference/microsoft-365.md §E.8.
 */
export const LIMITS_EXCHANGE_SMTP: TransportLimits = {
  messageBytes: 25 * MEGABYTE,
  attachmentBytes: 25 * MEGABYTE,
  messagesPerMinute: 30,
}
/** Limits that most servers accept. A limit announced by the server (RFC 1870) is checked before an upload. */
export const LIMITS_SMTP: TransportLimits = { messageBytes: 25 * MEGABYTE, attachmentBytes: 25 * MEGABYTE }

/** Servers known to store a copy of submitted mail in Sent. For all others this is unknown. */
const COPIES_BY_ITSELF: ReadonlySet<string> = new Set(['smtp.gmail.com', 'smtp.googlemail.com', 'smtp-relay.gmail.com'])

/** Maximum delay of a copy. Servers that store one do so while they accept the message, or right after. */
const COPY_WITHIN_MS = 2000

export interface SmtpTransportOptions {
  server: SmtpServer
  login: SmtpLogin
  dialGuard: Pick<DialGuard, 'addressOf'>
  /** Connection pool of the mailbox, shared by all tasks. */
  pool: SessionPool
  limits: TransportLimits
  /** Default: derived from the server's name. */
  sentCopy?: MessageSending['sentCopy']
  /** Default: {@link COPY_WITHIN_MS}. */
  copyWithinMs?: number
  /** Stores a copy in Sent by the protocol for reading. */
  appendSent?: MessageSending['appendSent'] | undefined
  /** Time limits, for trials and tests. */
  times?: SmtpLimits
}

/** Creates the SMTP transport for sending (RFC 6409). */
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
    protocol: 'smtp',
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

/** Returns true if the server closed an idle connection without a reply. The message can't have been sent then. */
function isStale(error: unknown): boolean {
  return (
    error instanceof AppError && error.code === 'transports.smtp_unavailable' && error.upstream?.status === undefined
  )
}

/** Connects and logs in; replaces a refused token once. @throws {AppError} */
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

/** Default for `beforeDot`: a trial or a message without an outbox row. */
const nothing = () => Promise.resolve()
