import type { CloudProviderId, ProviderCredentialId } from '../kernel/ids.ts'
import type { AppError, Upstream } from '../kernel/errors.ts'
import type { MailServiceNames, Organization } from '../kernel/mail-services.ts'
import type { Cloud } from './cloud.ts'
import type { CredentialSummary, NewCredential, ProviderCredential } from './provider-credential.ts'
import type { Ending } from './ending.ts'
import type { StateHook } from './provider-lifecycle.ts'

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

export interface CloudProviders {
  /** Saves it and its first credential; `check` is a step of its own. `actor` is written into the audit. */
  create(input: NewCloudProvider, actor: string): Promise<CloudProvider>
  /** @throws {AppError} `cloud_providers.ids_fixed` when it has worked with other ids */
  update(id: CloudProviderId, changes: CloudProviderChanges, actor: string): Promise<CloudProvider>
  get(id: CloudProviderId): Promise<CloudProvider>
  list(): Promise<CloudProvider[]>
  /** Only when no grant depends on it any more. */
  remove(id: CloudProviderId, actor: string): Promise<void>

  /** As {@link check}, without saving anything: what a look may cost is nobody's state. */
  tryRegistration(id: CloudProviderId): Promise<CheckLine[]>
  /**
   * Asks Microsoft whether tenant, client, every credential and redirect URI are right, and what rooms above have added
   * to it by {@link CloudProviders.addCheck}; saves what it said.
   */
  check(id: CloudProviderId): Promise<CheckResult>

  /** A check of a room above, whose lines stand in the result of each {@link CloudProviders.check}. */
  addCheck(lines: (provider: CloudProvider) => Promise<CheckLine[]>): void

  /**
   * A secret is tried at once. A certificate is made here; it is tried again and again until it was uploaded. Neither is
   * used for anything else before it has worked.
   */
  addCredential(id: CloudProviderId, credential: NewCredential, actor: string): Promise<CredentialSummary>
  /** Asks Microsoft whether it accepts this credential, and keeps what it said. */
  tryCredential(id: CloudProviderId, credentialId: ProviderCredentialId): Promise<CredentialSummary>
  /** An end date is what somebody read in Entra ID, so it may be entered later, or be wrong and changed. */
  changeCredentialEnd(
    id: CloudProviderId,
    credentialId: ProviderCredentialId,
    endsAt: Date | undefined,
    actor: string,
  ): Promise<CredentialSummary>
  removeCredential(id: CloudProviderId, credentialId: ProviderCredentialId, actor: string): Promise<void>
  /** Opened credentials in their order of use: for token requests and for the doctor's test of the keys. */
  credentialsOf(id: CloudProviderId): Promise<ProviderCredential[]>
  /** In the order in which they are used. */
  listCredentials(id: CloudProviderId): Promise<CredentialSummary[]>
  /** The end of the last credential that works, when it is near. */
  endingOf(id: CloudProviderId): Promise<Ending | undefined>

  /** Records an accepted token request. The three reports come from `tokens`, with each answer of the token endpoint. */
  credentialAccepted(provider: CloudProvider, credential: ProviderCredential): Promise<void>
  credentialRefused(provider: CloudProvider, credential: ProviderCredential, error: AppError): Promise<void>
  /** Records that no credential of the registration is accepted, or that Microsoft refuses the application itself. */
  registrationRefused(provider: CloudProvider, error: AppError): Promise<void>

  cloudOf(provider: CloudProvider): Cloud
  /** `https://login…/{tenant}`, for `tenantId` or else for whoever may sign in (`organizations`, `common`). */
  authorityOf(provider: CloudProvider, tenantId?: string): string

  /** Called in the transaction in which the state changes, so that what waits for the provider goes on with it. */
  onStateChange(hook: StateHook): void
}
