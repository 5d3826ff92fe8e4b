import type { Clock } from '../../kernel/clock.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { AccountAccess } from '../account-access.ts'
import { appendSentBy } from '../imap/append-sent.ts'
import { createConnectionRegistry, type ImapOptions } from '../imap/connection-registry.ts'
import { createImapReading } from '../imap/imap-reading.ts'
import { createMailboxConnections, type MailboxConnections } from '../imap/mailbox-connections.ts'
import { imapPreflight } from '../imap/preflight.ts'
import type { MailTransport, PreflightCheck } from '../mail-transport.ts'
import { failedCheck } from '../failed-check.ts'
import { createSessionPools } from '../smtp/session-pool.ts'
import { createSmtpSending, LIMITS_SMTP } from '../smtp/smtp-transport.ts'
import { type MailServers, serversDigest } from './servers.ts'

/** For an admin who waits at a screen. */
const TRIAL_MS = 20_000

export interface PasswordServiceDeps {
  clock: Clock
  imap: ImapOptions
  mailPasswords: { open(id: EmailAccountId, servers: MailServers): Promise<Secret> }
}

/** Opens mailboxes at any IMAP and SMTP server with a password. */
export function createPasswordService({ clock, imap, mailPasswords }: PasswordServiceDeps) {
  const registry = createConnectionRegistry({ clock, imap })
  const pools = createSessionPools()

  function open(access: AccountAccess): MailTransport {
    const { id, servers, password: trialPassword, trustedAuthServId, sentFolderRemoteId: sentFolder } = access
    if (!servers) throw new TypeError('a mailbox without a mail service and without servers')
    const password = () => (trialPassword ? Promise.resolve(trialPassword) : mailPasswords.open(id!, servers))
    const connections = connectionsTo(servers, trialPassword ? undefined : id, password)
    const { smtp, userName, ca } = servers
    const sending = createSmtpSending({
      server: { ...smtp, ca: ca === undefined ? [] : [ca] },
      login: { by: 'password', userName, password },
      dialGuard: imap.dialGuard,
      pool: pools.named(`${id ?? 'trial'} ${serversDigest(servers)}`),
      limits: LIMITS_SMTP,
      appendSent: appendSentBy(connections, sentFolder),
    })
    return {
      async preflight() {
        const [read, sends] = await Promise.all([imapPreflight(connections), loginCheck(() => sending.tryOut())])
        return { checks: [...read, { what: 'writes', outcome: 'not-tried' }, { what: 'sends', ...sends }] }
      },
      reading: createImapReading({ connections, clock, parser: imap.parser, hints: { trustedAuthServId }, sentFolder }),
      sending,
    }
  }

  /** Without an id the connections belong to a trial: they are not shared, and the caller closes them. */
  function connectionsTo(
    servers: MailServers,
    id: EmailAccountId | undefined,
    password: () => Promise<Secret>,
  ): MailboxConnections {
    const { userName, ca } = servers
    const server = { ...servers.imap, ca: ca === undefined ? undefined : [ca] }
    const login = { by: 'password', userName, password } as const
    if (id !== undefined) return registry.open(id, serversDigest(servers), { server, login })
    const { dialGuard } = imap
    return createMailboxConnections({ server, login, dialGuard, clock, deadlines: { openMs: TRIAL_MS } })
  }

  return {
    open,
    async close(): Promise<void> {
      pools.close()
      await registry.close()
    },
  }
}

/** A successful login does not show that the server accepts the mailbox as a sender: only a test mail shows that. */
async function loginCheck(login: () => Promise<void>): Promise<Omit<PreflightCheck, 'what'>> {
  try {
    await login()
    return { outcome: 'not-tried' }
  } catch (thrown) {
    return failedCheck(AppError.from(thrown))
  }
}
