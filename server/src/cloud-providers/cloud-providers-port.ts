import type { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, ProviderCredentialId } from '../kernel/ids.ts'
import type { Cloud } from './clouds/cloud.ts'
import type { CheckLine, CheckResult, CloudProvider, NewCloudProvider, CloudProviderChanges } from './cloud-provider.ts'
import type { CredentialExpiry } from './credentials/expiry.ts'
import type { StateHook } from './provider-lifecycle.ts'
import type { CredentialSummary, NewCredential, ProviderCredential } from './credentials/provider-credential.ts'

export interface CloudProviders {
  /** Creates a provider with its first credential, without a check. `actor` is recorded in the audit list. */
  create(input: NewCloudProvider, actor: string): Promise<CloudProvider>
  /** @throws {AppError} `cloud_providers.ids_fixed` if it has worked with other ids */
  update(id: CloudProviderId, changes: CloudProviderChanges, actor: string): Promise<CloudProvider>
  get(id: CloudProviderId): Promise<CloudProvider>
  list(): Promise<CloudProvider[]>
  /**
   * Removes a provider that no grant depends on.
   *
   * @throws {AppError} `cloud_providers.in_use`
   */
  remove(id: CloudProviderId, actor: string): Promise<void>

  /** Runs {@link check} without saving results or changing the state. */
  tryRegistration(id: CloudProviderId): Promise<CheckLine[]>
  /**
   * Checks tenant, client, every credential and the redirect URI at Microsoft, runs the checks added by {@link
   * CloudProviders.addCheck}, and saves the result.
   */
  check(id: CloudProviderId): Promise<CheckResult>

  /** Adds a check of another room. Its lines are part of the result of each {@link CloudProviders.check}. */
  addCheck(lines: (provider: CloudProvider) => Promise<CheckLine[]>): void

  /**
   * Adds a credential. A secret is tried at once. A certificate is created here and tried repeatedly until it is
   * uploaded. A credential is used only after it has worked.
   */
  addCredential(id: CloudProviderId, credential: NewCredential, actor: string): Promise<CredentialSummary>
  /** Tries a credential at Microsoft and saves the result. */
  tryCredential(id: CloudProviderId, credentialId: ProviderCredentialId): Promise<CredentialSummary>
  /** Changes the expiry date of a secret. A person copies it from Entra ID, so it may be missing or wrong at first. */
  changeCredentialEnd(
    id: CloudProviderId,
    credentialId: ProviderCredentialId,
    expiresAt: Date | undefined,
    actor: string,
  ): Promise<CredentialSummary>
  removeCredential(id: CloudProviderId, credentialId: ProviderCredentialId, actor: string): Promise<void>
  /** Opened credentials in their order of use: for token requests and for the doctor's test of the keys. */
  credentialsOf(id: CloudProviderId): Promise<ProviderCredential[]>
  /** Credentials in the order of use. */
  listCredentials(id: CloudProviderId): Promise<CredentialSummary[]>
  /** Expiry of the last working credential, if it is near. */
  expiryOf(id: CloudProviderId): Promise<CredentialExpiry | undefined>

  /** Records an accepted token request. The three reports come from `tokens`, with each answer of the token endpoint. */
  credentialAccepted(provider: CloudProvider, credential: ProviderCredential): Promise<void>
  credentialRefused(provider: CloudProvider, credential: ProviderCredential, error: AppError): Promise<void>
  /** Records that no credential of the registration is accepted, or that Microsoft refuses the application itself. */
  registrationRefused(provider: CloudProvider, error: AppError): Promise<void>

  cloudOf(provider: CloudProvider): Cloud
  /**
   * Authority URL `https://login…/{tenant}` for `tenantId`, or for the supported account types (`organizations`,
   * `common`).
   */
  authorityOf(provider: CloudProvider, tenantId?: string): string

  /** Called in the transaction that changes the state, so that the dependents of the provider change with it. */
  onStateChange(hook: StateHook): void
}
