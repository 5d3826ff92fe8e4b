import type { CloudProviderId, ProviderCredentialId } from '../kernel/ids.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { MailServiceNames, Organization } from '../kernel/mail-services.ts'
import type { NewCredential } from './credentials/provider-credential.ts'

/** Who may sign in with the registration: what Entra ID calls *supported account types*. */
export type AccountTypes = 'single-tenant' | 'multitenant' | 'multitenant-and-personal'

/** Which mailboxes the application itself is to open: those that Exchange lets it into, or every one of the organization. */
export type OpenedByApplication = 'chosen-mailboxes' | 'all-mailboxes'

export type CloudProviderState = 'connecting' | 'connected' | 'degraded' | 'needs-admin'

/** An authorization server plus our registration there. One serves any number of mailboxes. */
export interface CloudProvider extends MailServiceNames, Organization {
  id: CloudProviderId
  name: string
  /** The id of a {@link Cloud}. */
  cloud: string
  accountTypes: AccountTypes
  /** Application (client) ID. */
  clientId: string
  /** Who is told when it breaks: an email address, and one more for holidays. */
  contact: string
  deputy: string | undefined
  state: CloudProviderState
  /** A code of the error catalogue. */
  stateReason: string | undefined
  stateSince: Date
  /** When Postkey asks again by itself, as long as something is wrong. */
  nextTryAt: Date | undefined
  /** Undefined when only people open mailboxes. */
  application: OpenedByApplication | undefined
  /** A mailbox that the application must not be able to read, tried in each check. */
  probeAddress: string | undefined
  lastCheck: CheckResult | undefined
  /** First time that Microsoft accepted all of it. Until then it opens no incident, and its ids can be corrected. */
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
 * Changes of a cloud provider. Cloud, tenant and client id identify the registration: they can be corrected until it has
 * worked once. After that, another registration is another provider.
 */
export type CloudProviderChanges = Partial<
  Pick<CloudProvider, 'name' | 'accountTypes' | 'contact' | 'cloud' | 'tenantId' | 'clientId'>
> & {
  /** Null when there shall be none. */
  deputy?: string | null | undefined
  application?: OpenedByApplication | null | undefined
  probeAddress?: string | null | undefined
}

export type CheckedProvider =
  'tenant' | 'client' | 'credential' | 'redirect-uri' | 'end-dates' | 'application' | 'other-mailboxes'

/** One line of a check. `title` and `fix` are for people; `code` is of the error catalogue. */
export interface CheckLine {
  what: CheckedProvider
  /** `waiting`: for what an Entra admin has yet to do, an upload or a consent. Nobody has done anything wrong. */
  outcome: 'ok' | 'wrong' | 'waiting' | 'not-tried'
  title: string
  code?: string
  fix?: string
  /** What Microsoft said, as data. */
  upstream?: Upstream
  /** Which credential the line is about. */
  credentialId?: ProviderCredentialId
  /** Which mailbox. */
  address?: string
  /** What to paste to fix it. */
  copy?: string
}

export interface CheckResult {
  at: string
  lines: CheckLine[]
}
