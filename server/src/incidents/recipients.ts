import type { Tx } from '../database/index.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { AccountsOfIncident } from './names.ts'
import type { IncidentRow } from './record.ts'
import type { IncidentSources } from './sources.ts'

export interface Recipients {
  to: string[]
  /** Excluded recipients whose address is an affected mailbox. */
  passedBy: { address: string; reason: ErrorCode }[]
}

/**
 * Recipients of an alert: contact and deputy of the affected Cloud Providers and contacts of the mailboxes, without
 * duplicates. An address of an affected mailbox is excluded, because its mail may not be read at present. Without other
 * recipients, the admins of Postkey are alerted.
 */
export async function listRecipients(
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
