import type { Database, Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { Secret } from '../kernel/secret.ts'
import { serversDigest, type MailServers } from '../transports/index.ts'

/**
 * Encrypted passwords of mailboxes. Each is bound to its server, port, TLS mode, authority and user name. If a row is
 * changed, the password can't be decrypted.
 */
export interface MailPasswords {
  save(tx: Tx, id: EmailAccountId, servers: MailServers, password: Secret): Promise<void>
  /**
   * Decrypts the password of an account for its servers.
   *
   * @throws {AppError} `email_accounts.password_needed`, `kernel.key_missing`
   */
  open(id: EmailAccountId, servers: MailServers): Promise<Secret>
}

const contextOf = (id: EmailAccountId, bound: string) => `mail_passwords.sealed:${id}:${bound}`

export function createMailPasswords({ db }: Database, keyRing: KeyRing): MailPasswords {
  return {
    async save(tx, id, servers, password) {
      const bound = serversDigest(servers)
      const { sealed, keyId } = keyRing.seal(password, contextOf(id, bound))
      const values = { bound_to: bound, sealed, key_id: keyId }
      await tx
        .insertInto('mail_passwords')
        .values({ email_account_id: id, ...values })
        .onConflict((conflict) => conflict.column('email_account_id').doUpdateSet(values))
        .execute()
    },

    async open(id, servers) {
      const row = await db
        .selectFrom('mail_passwords')
        .select(['sealed', 'key_id'])
        .where('email_account_id', '=', id)
        .executeTakeFirst()
      if (!row) throw new AppError('email_accounts.password_needed')
      try {
        return keyRing.open({ sealed: row.sealed, keyId: row.key_id }, contextOf(id, serversDigest(servers)))
      } catch (cause) {
        // The key exists but does not decrypt the row: the password was encrypted for other servers.
        if (AppError.from(cause).code !== 'kernel.key_wrong') throw cause
        throw new AppError('email_accounts.password_needed', { cause })
      }
    },
  }
}
