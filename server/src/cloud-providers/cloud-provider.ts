import type { CloudProviderId, ProviderCredentialId } from '../kernel/ids.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { MailServiceNames, Organization } from '../kernel/mail-services.ts'
import type { NewCredential } from './credentials/provider-credential.ts'

/** Accounts that can sign in with the registration; *supported account types* in Entra ID. */
export type AccountTypes = 'single-tenant' | 'multitenant' | 'multitenant-and-personal'

/** Mailboxes that the application itself opens: those selected in Exchange, or all of the organization. */
export type OpenedByApplication = 'chosen-mailboxes' | 'all-mailboxes'

export type CloudProviderState = 'connecting' | 'connected' | 'degraded' | 'needs-admin'

/** An authorization server and our registration there. Serves any number of mailboxes. */
export interface CloudProvider extends MailServiceNames, Organization {
  id: CloudProviderId
  name: string
  /** Id of a {@link Cloud}. */
  cloud: string
  accountTypes: AccountTypes
  /** Application (client) ID. */
  clientId: string
  /** Email address that is notified of faults; `deputy` is a second one for absences. */
  contact: string
  deputy: string | undefined
  state: CloudProviderState
  /** Code of the error catalogue. */
  stateReason: string | undefined
  stateSince: Date
  /** Time of the next automatic try while the provider has a fault. */
  nextTryAt: Date | undefined
  /** Undefined if only people open mailboxes. */
  application: OpenedByApplication | undefined
  /** A mailbox that the application must not be able to read. Each check tries to read it. */
  probeAddress: string | undefined
  lastCheck: CheckResult | undefined
  /** First time that a full check succeeded. Before, the provider opens no incident and its ids can be corrected. */
  workedAt: Date | undefined
  createdAt: Date
}

export interface NewCloudProvider {
  name: string
  cloud: string
  accountTypes: AccountTypes
  tenantId: string
  clientId: string
  contact: string
  deputy?: string | undefined
  application?: OpenedByApplication | undefined
  credential?: NewCredential | undefined
}

/**
 * Changes to a cloud provider. Cloud, tenant and client id identify the registration, so they can be corrected only
 * until it has worked once. Another registration needs another provider.
 */
export type CloudProviderChanges = Partial<
  Pick<CloudProvider, 'name' | 'accountTypes' | 'contact' | 'cloud' | 'tenantId' | 'clientId'>
> & {
  /** Null removes the deputy. */
  deputy?: string | null | undefined
  application?: OpenedByApplication | null | undefined
  probeAddress?: string | null | undefined
}

export type CheckedProvider =
  'tenant' | 'client' | 'credential' | 'redirect-uri' | 'expiry-dates' | 'application' | 'other-mailboxes'

/** One line of a check. `title` and `fix` are text for people; `code` is from the error catalogue. */
export interface CheckLine {
  what: CheckedProvider
  /** `waiting`: waits for an Entra admin's upload or consent, which is not an error. */
  outcome: 'ok' | 'wrong' | 'waiting' | 'not-tried'
  title: string
  code?: string
  fix?: string
  /** Microsoft's response as data. */
  upstream?: Upstream
  /** The credential that the line is about. */
  credentialId?: ProviderCredentialId
  /** The mailbox that the line is about. */
  address?: string
  /** Command to copy that fixes the problem. */
  copy?: string
}

export interface CheckResult {
  at: string
  lines: CheckLine[]
}
