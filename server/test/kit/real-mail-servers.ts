/** Real mail servers for scenarios, run one after the other. */
import {
  startCyrus,
  startDovecot,
  startExim,
  startPostfix,
  whyNoPostfix,
  whyNotUnpacked,
  type ImapServer,
  type SmtpServer,
} from '../../../mail-servers/index.ts'

export interface ImapServerKind {
  name: string
  /** Reason why the server can't run here; `undefined` when it can. */
  missing: string | undefined
  start: (users: Readonly<Record<string, string>>) => Promise<ImapServer>
  /** Returns the path of the folder with the user-visible name `name`. */
  folder: (name: string) => string
}

/** Real IMAP servers for every reading scenario. */
export const IMAP_SERVERS: readonly ImapServerKind[] = [
  { name: 'Dovecot', missing: undefined, start: (users) => startDovecot({ users }), folder: (name) => name },
  {
    name: 'Cyrus',
    missing: whyNotUnpacked('cyrus-imapd'),
    start: (users) => startCyrus({ users }),
    folder: (name) => name,
  },
  {
    name: 'Cyrus with folders below INBOX',
    missing: whyNotUnpacked('cyrus-imapd'),
    start: (users) => startCyrus({ users, belowInbox: true }),
    folder: (name) => `INBOX.${name}`,
  },
]

export interface MailServerUsers {
  domain: string
  /** Passwords by address in lower case. */
  passwords: Readonly<Record<string, string>>
  sendAs: Readonly<Record<string, readonly string[]>>
  /** Reply to RCPT TO by address. */
  recipients?: Readonly<Record<string, string>>
}

export interface MailServerPair {
  name: string
  /** Reason why the server can't run here; `undefined` when it can. */
  missing: string | undefined
  /** Returns the path of the folder with the user-visible name `name`. */
  folder: (name: string) => string
  start: (users: MailServerUsers) => Promise<{ imap: ImapServer; smtp: SmtpServer; stop: () => Promise<void> }>
}

/** Pairs of real servers for reading and sending, with TLS, for every scenario of a mailbox with a password. */
export const MAIL_SERVER_PAIRS: readonly MailServerPair[] = [
  {
    name: 'Dovecot and Postfix',
    missing: whyNoPostfix(),
    folder: (name) => name,
    start: async ({ domain, passwords, ...rest }) => {
      const dovecot = await startDovecot({ users: passwords, tls: true })
      return both(dovecot, startPostfix({ dovecot, domains: [domain], tls: true, ...rest }))
    },
  },
  cyrusAndExim('Cyrus and Exim', false),
  cyrusAndExim('Cyrus with folders below INBOX and Exim', true),
]

function cyrusAndExim(name: string, belowInbox: boolean): MailServerPair {
  return {
    name,
    missing: whyNotUnpacked('cyrus-imapd', 'exim4-daemon-light'),
    folder: (folder) => (belowInbox ? `INBOX.${folder}` : folder),
    start: async ({ domain, passwords, ...rest }) => {
      const imap = await startCyrus({ users: passwords, tls: true, belowInbox })
      return both(imap, startExim({ imap, domains: [domain], users: passwords, tls: true, ...rest }))
    },
  }
}

async function both(imap: ImapServer, starting: Promise<SmtpServer>) {
  const smtp = await starting.catch(async (error: unknown) => {
    await imap.stop()
    throw error
  })
  const stop = async () => {
    await smtp.stop()
    await imap.stop()
  }
  return { imap, smtp, stop }
}
