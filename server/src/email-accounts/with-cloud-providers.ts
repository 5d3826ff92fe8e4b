import type { CloudProviders } from '../cloud-providers/index.ts'
import type { ApplicationAccess } from './application-access.ts'
import type { EmailAccounts } from './email-accounts.ts'

/** Mailboxes go on with their cloud provider, and its check tries what the application can read of others. */
export function joinCloudProviders(
  cloudProviders: Pick<CloudProviders, 'onStateChange' | 'addCheck'>,
  emailAccounts: Pick<EmailAccounts, 'providerRecovered'>,
  applicationAccess: Pick<ApplicationAccess, 'probe'>,
): void {
  cloudProviders.onStateChange(async (tx, { id, from, to }) => {
    if (from === 'needs-admin' && to !== 'needs-admin') await emailAccounts.providerRecovered(tx, id)
  })
  cloudProviders.addCheck((provider) => applicationAccess.probe(provider))
}
