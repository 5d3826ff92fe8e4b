import type { Tx } from '../database/index.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { AccountsOfIncident } from './names.ts'
import type { IncidentRow } from './record.ts'
import type { IncidentSources } from './sources.ts'

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
export async function recipientsOf(
  sources: IncidentSources,
  tx: Tx,
  row: IncidentRow,
  accounts: AccountsOfIncident,
): Promise<Recipients> {
  const concerned = [...accounts.affected, ...accounts.dependent]
  const ids = concerned.map(({ id }) => id)
  const contacts = await sources.emailAccounts.contactsOf(tx, ids)
  const providerIds = new Set(contacts.flatMap(({ cloudProviderId }) => cloudProviderId ?? []))
  if (row.cloud_provider_id !== null) providerIds.add(row.cloud_provider_id)

  const wanted = unique([
    ...(await sources.cloudProviders.contactsOf(tx, [...providerIds])),
    ...contacts.map(({ contact }) => contact),
  ])
  const broken = new Set(concerned.map(({ address }) => address.toLowerCase()))
  const to = wanted.filter((address) => !broken.has(address))
  const reason = new AppError('alerts.recipient_is_affected').code
  return {
    to: to.length > 0 ? to : unique(await sources.adminAddresses(tx)).filter((address) => !broken.has(address)),
    passedBy: wanted.filter((address) => broken.has(address)).map((address) => ({ address, reason })),
  }
}

function unique(addresses: readonly string[]): string[] {
  return [...new Set(addresses.map((address) => address.trim().toLowerCase()))]
}
