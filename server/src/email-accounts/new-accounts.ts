import { sql } from 'kysely'
import { advisoryLock, type Tx } from '../database/index.ts'
import { AppError, isErrorCode } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { MailTransport } from '../transports/index.ts'
import type { Preflight } from './email-account.ts'
import { freeKey } from './free-key.ts'

/**
 * Association without a person who looks at the result, such as that of many mailboxes: a mailbox that can't be read,
 * or that is connected by any of its addresses, throws and adds no account.
 */
export interface UnattendedAssociation {
  /** Runs in the transaction that adds the account: both commit, or neither. */
  within: (tx: Tx, id: EmailAccountId) => Promise<void>
  /** Keys that are not chosen for the account, although no account has them yet. */
  reservedKeys: (tx: Tx) => Promise<readonly string[]>
}

/** @throws {AppError} of the check that failed, also for a transient error */
export function refuseUnread({ checks }: Preflight): void {
  const reads = checks.find(({ what }) => what === 'reads')
  if (reads?.outcome === 'ok') return
  const failed = checks.find(({ what, code }) => (what === 'exists' || what === 'reads') && code !== undefined)
  const { code, detail, retryAt } = failed ?? {}
  const upstream = retryAt && { retryAt }
  throw new AppError(isErrorCode(code) ? code : 'kernel.unexpected', { detail, upstream })
}

/** As `aliasesTold`; a transient error throws, because the mailbox could then be connected twice. */
export async function aliasesForCertain(transport: Pick<MailTransport, 'ownAddresses'>): Promise<string[] | undefined> {
  return transport.ownAddresses?.().catch((thrown: unknown) => {
    const error = AppError.from(thrown)
    if (error.remedy === 'wait' || error.remedy === 'bug') throw error
    return undefined
  })
}

/** Takes the lock under which a key is free and an address is new until the transaction ends. */
export async function holdNewAccounts(tx: Tx): Promise<void> {
  await advisoryLock('email_accounts.associate').execute(tx)
}

/** @throws {AppError} `email_accounts.address_taken` if an account has one of the addresses, as its own or as an alias */
export async function refuseConnected(tx: Tx, addresses: readonly string[]): Promise<void> {
  const wanted = addresses.map((address) => address.toLowerCase())
  const { rows } = await sql`
    SELECT FROM email_accounts
    WHERE lower(address) = ANY(${wanted}::text[])
       OR EXISTS (SELECT FROM jsonb_array_elements(aliases) AS alias
                  WHERE lower(alias->>'address') = ANY(${wanted}::text[])) LIMIT 1`.execute(tx)
  if (rows.length > 0) throw new AppError('email_accounts.address_taken')
}

/** Returns a key that no account has and that is not reserved, by the address. */
export async function findFreeKey(tx: Tx, address: string, reserved: readonly string[] = []): Promise<string> {
  const rows = await tx.selectFrom('email_accounts').select('key').execute()
  return freeKey(address, new Set([...rows.map(({ key }) => key), ...reserved]))
}
