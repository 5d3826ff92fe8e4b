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

/** Mailboxes with a password, on any mail server. */
export function createServerAccounts({
  transports,
  mailServers,
  lifecycle,
  get,
  change,
  interrupt,
}: ServerAccountsDeps) {
  /**
   * Access for a connection check. Refuses servers to which a password must not be sent before any connection is
   * opened.
   */
  function accessOf(
    address: string,
    kind: EmailAccount['kind'],
    { servers, password }: ServersWithPassword,
  ): AccountAccess {
    checkServers(servers, known())
    return { address, kind, cloudProviderId: undefined, principal: { kind: 'password' }, servers, password }
  }

  /**
   * Logs in at both servers without keeping the connections or the password.
   *
   * @throws {AppError} the reason for a failed login; a wrong password and an unreachable server have different codes
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

  /**
   * Changes the password or the servers. A new password may go to the same servers. New servers require the password
   * again, because a stored password is never sent to other servers.
   */
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
 * Runs a check and closes the connections of a password that is only being checked, even after an error. Connections of
 * existing mailboxes remain open for sync.
 */
export async function closingTrial<T>(
  { password }: Pick<AccountAccess, 'password'>,
  transport: MailTransport,
  work: (transport: MailTransport) => Promise<T>,
): Promise<T> {
  try {
    return await work(transport)
  } finally {
    if (password && transport.reading.protocol === 'imap') await transport.reading.close?.()
  }
}
