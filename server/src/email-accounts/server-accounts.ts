import type { Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import { type MailTransport, serversDigest, type MailServers, type AccountAccess } from '../transports/index.ts'
import type { AccountChanges } from './account-changes.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount } from './email-account.ts'
import type { Lifecycle } from './lifecycle.ts'
import { checkServers, type ServersWithPassword } from './mail-servers.ts'

export type ServerAccounts = ReturnType<typeof createServerAccounts>

interface ServerAccountsDeps
  extends Pick<EmailAccountsDeps, 'transports' | 'mailServers'>, Pick<AccountChanges, 'get' | 'change' | 'interrupt'> {
  lifecycle: Lifecycle
}

/** Mailboxes that are opened with a password, at any mail server. */
export function createServerAccounts({
  transports,
  mailServers,
  lifecycle,
  get,
  change,
  interrupt,
}: ServerAccountsDeps) {
  /** What a trial opens. Refused before anything is dialed where a password must not go. */
  function accessOf(
    address: string,
    kind: EmailAccount['kind'],
    { servers, password }: ServersWithPassword,
  ): AccountAccess {
    checkServers(servers, known())
    return { address, kind, cloudProviderId: undefined, principal: { kind: 'password' }, servers, password }
  }

  /**
   * Lets itself in at both servers, and keeps neither connection nor password.
   *
   * @throws {AppError} what keeps it out: a wrong password by another code than a server that is not there
   */
  async function tryOut(access: AccountAccess): Promise<void> {
    await closingTrial(access, await transports.open(access), async ({ reading, sending }) => {
      await reading.listFolders()
      if (sending.by === 'message') await sending.tryOut()
    })
  }

  async function keep(tx: Tx, id: EmailAccountId, { servers, password }: ServersWithPassword): Promise<void> {
    await known().passwords.save(tx, id, servers, password)
  }

  /** Another password goes to the same servers; other servers want the password anew, for nothing is sent to them. */
  async function changeServers(
    id: EmailAccountId,
    wanted: { servers?: MailServers | undefined; password?: Secret | undefined },
    actor: string,
  ): Promise<EmailAccount> {
    const account = await get(id)
    if (!account.servers) throw new AppError('email_accounts.not_by_password')
    const servers = wanted.servers ?? account.servers
    const { password } = wanted
    if (password === undefined) {
      if (serversDigest(servers) === serversDigest(account.servers)) return account
      throw new AppError('email_accounts.password_needed', { field: 'password' })
    }
    await tryOut(accessOf(account.address, account.kind, { servers, password }))
    const detail = { servers: wanted.servers !== undefined, password: true }
    return change(id, { actor, action: 'email_account.servers_changed', detail }, async (tx) => {
      await tx
        .updateTable('email_accounts')
        .set({ servers: JSON.stringify(servers) })
        .where('id', '=', id)
        .execute()
      await keep(tx, id, { servers, password })
      await lifecycle.move(tx, id, 'signed-in')
      await interrupt(tx, id)
    })
  }

  function known(): NonNullable<EmailAccountsDeps['mailServers']> {
    if (!mailServers) throw new TypeError('no mailbox is opened with a password here')
    return mailServers
  }

  return { accessOf, tryOut, keep, changeServers }
}

/**
 * With a password that is being tried, nobody keeps the connections, and they are given back whatever comes of it. All
 * others belong to the mailbox, and sync goes on with them.
 */
export async function closingTrial<T>(
  { password }: Pick<AccountAccess, 'password'>,
  transport: MailTransport,
  work: (transport: MailTransport) => Promise<T>,
): Promise<T> {
  try {
    return await work(transport)
  } finally {
    if (password && transport.reading.road === 'imap') await transport.reading.close?.()
  }
}
