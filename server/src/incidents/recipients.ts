import type { Tx } from '../database/index.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { AccountsOfIncident } from './names.ts'
import type { IncidentRow } from './record.ts'

export interface Recipients {
  to: string[]
  /** Who would have been told, were it not by a mailbox that is itself affected. */
  passedBy: { address: string; reason: ErrorCode }[]
}

/**
 * Contact and deputy of the Cloud Providers concerned and the contacts of the mailboxes, each once. An address that is
 * one of the mailboxes concerned is passed by: mail to it lies where nobody reads it now. When nobody is left, the
 * admins of Postkey are told.
 */
export async function recipientsOf(tx: Tx, row: IncidentRow, accounts: AccountsOfIncident): Promise<Recipients> {
  const concerned = [...accounts.affected, ...accounts.dependent]
  const ids = concerned.map(({ id }) => id)
  const contacts =
    ids.length === 0
      ? []
      : await tx
          .selectFrom('email_accounts')
          .select(['contact', 'cloud_provider_id'])
          .where('id', 'in', ids)
          .orderBy('contact')
          .execute()
  const providerIds = new Set(contacts.flatMap(({ cloud_provider_id: id }) => (id === null ? [] : [id])))
  if (row.cloud_provider_id !== null) providerIds.add(row.cloud_provider_id)
  const providers =
    providerIds.size === 0
      ? []
      : await tx
          .selectFrom('cloud_providers')
          .select(['contact', 'deputy'])
          .where('id', 'in', [...providerIds])
          .orderBy('name')
          .execute()

  const wanted = unique([
    ...providers.flatMap(({ contact, deputy }) => (deputy === null ? [contact] : [contact, deputy])),
    ...contacts.map(({ contact }) => contact),
  ])
  const broken = new Set(concerned.map(({ address }) => address.toLowerCase()))
  const to = wanted.filter((address) => !broken.has(address))
  const reason = new AppError('alerts.recipient_is_affected').code
  return {
    to: to.length > 0 ? to : await adminsBut(tx, broken),
    passedBy: wanted.filter((address) => broken.has(address)).map((address) => ({ address, reason })),
  }
}

async function adminsBut(tx: Tx, broken: ReadonlySet<string>): Promise<string[]> {
  const admins = await tx
    .selectFrom('users')
    .select('email')
    .where('role', '=', 'admin')
    .where('removed_at', 'is', null)
    .orderBy('email')
    .execute()
  return unique(admins.map(({ email }) => email)).filter((address) => !broken.has(address))
}

function unique(addresses: readonly string[]): string[] {
  return [...new Set(addresses.map((address) => address.trim().toLowerCase()))]
}
