import type { CloudProviderId, ProviderCredentialId } from '../kernel/ids.ts'
import type { AppError, Upstream } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Cloud } from './cloud.ts'

/** Who may sign in with the registration: what Entra ID calls *supported account types*. */
export type AccountTypes = 'single-tenant' | 'multitenant' | 'multitenant-and-personal'

export type CloudProviderState = 'connecting' | 'connected' | 'needs-admin'

/** An authorization server plus our registration there. One serves any number of mailboxes. */
export interface CloudProvider {
  id: CloudProviderId
  name: string
  service: 'microsoft-azure'
  type: 'outlook365'
  /** The id of a {@link Cloud}. */
  cloud: string
  accountTypes: AccountTypes
  /** Directory (tenant) ID of the organization in which the application is registered. */
  tenantId: string
  /** Application (client) ID. */
  clientId: string
  /** Who is told when it breaks: an email address, and one more for holidays. */
  contact: string
  deputy: string | undefined
  state: CloudProviderState
  /** A code of the error catalogue. */
  stateReason: string | undefined
  stateSince: Date
  lastCheck: CheckResult | undefined
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
  credential?: NewCredential | undefined
}

/** What stays fixed is what identifies the registration: cloud, tenant and client id. Another one is another provider. */
export type CloudProviderChanges = Partial<Pick<CloudProvider, 'name' | 'accountTypes' | 'contact'>> & {
  /** Null when there shall be none. */
  deputy?: string | null | undefined
}

/** A client secret: its *Value*, never its *Secret ID*. */
export interface NewCredential {
  kind: 'secret'
  secret: Secret
  /** The end date that Entra ID showed when the secret was made. */
  endsAt: Date | undefined
}

/** What may be shown of a credential. */
export interface CredentialSummary {
  id: ProviderCredentialId
  kind: 'secret'
  endsAt: Date | undefined
  createdAt: Date
}

export interface ProviderCredential extends CredentialSummary {
  secret: Secret
}

export type Checked = 'tenant' | 'client' | 'credential' | 'redirect-uri'

/** One line of a check. `title` and `fix` are for people; `code` is of the error catalogue. */
export interface CheckLine {
  what: Checked
  outcome: 'ok' | 'wrong' | 'not-tried'
  title: string
  code?: string
  fix?: string
  /** What Microsoft said, as data. */
  upstream?: Upstream
  /** Which credential the line is about. */
  credentialId?: ProviderCredentialId
}

export interface CheckResult {
  at: string
  lines: CheckLine[]
}

export interface CloudProviders {
  /** Saves it and its first credential; `check` is a step of its own. `actor` is written into the audit. */
  create(input: NewCloudProvider, actor: string): Promise<CloudProvider>
  update(id: CloudProviderId, changes: CloudProviderChanges, actor: string): Promise<CloudProvider>
  get(id: CloudProviderId): Promise<CloudProvider>
  list(): Promise<CloudProvider[]>
  /** Only when no grant depends on it any more. */
  remove(id: CloudProviderId, actor: string): Promise<void>

  /** As {@link check}, without saving anything: what a look may cost is nobody's state. */
  tryRegistration(id: CloudProviderId): Promise<CheckLine[]>
  /** Asks Microsoft whether tenant, client, every credential and redirect URI are right, and saves what it said. */
  check(id: CloudProviderId): Promise<CheckResult>

  addCredential(id: CloudProviderId, credential: NewCredential, actor: string): Promise<CredentialSummary>
  /** An end date is what somebody read in Entra ID, so it may be entered later, or be wrong and changed. */
  changeCredentialEnd(
    id: CloudProviderId,
    credentialId: ProviderCredentialId,
    endsAt: Date | undefined,
    actor: string,
  ): Promise<CredentialSummary>
  removeCredential(id: CloudProviderId, credentialId: ProviderCredentialId, actor: string): Promise<void>
  listCredentials(id: CloudProviderId): Promise<CredentialSummary[]>
  /** Those that are not over by their end date first, and the newest first among them. For `tokens` only. */
  credentialsOf(id: CloudProviderId): Promise<ProviderCredential[]>

  cloudOf(provider: CloudProvider): Cloud
  /** `https://login…/{tenant}`, for `tenantId` or else for whoever may sign in (`organizations`, `common`). */
  authorityOf(provider: CloudProvider, tenantId?: string): string

  /** A failure that belongs to the registration, met on the way: one incident of the provider, not of its mailboxes. */
  reportRejected(id: CloudProviderId, error: AppError): Promise<void>
  /** The registration was accepted again. */
  reportAccepted(provider: CloudProvider): Promise<void>
}
