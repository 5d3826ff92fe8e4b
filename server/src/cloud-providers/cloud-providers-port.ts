import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, ProviderCredentialId } from '../kernel/ids.ts'
import type { Cloud } from './clouds/cloud.ts'
import type { CheckLine, CheckResult, CloudProvider, NewCloudProvider, CloudProviderChanges } from './cloud-provider.ts'
import { endingOf, type Ending } from './credentials/expiry.ts'
import type { StateHook } from './provider-lifecycle.ts'
import type { CredentialSummary, NewCredential, ProviderCredential } from './credentials/provider-credential.ts'

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
