/**
 * Cloud providers: registrations of Postkey at Microsoft. `clouds` has the clouds as data and the table of permissions,
 * `credentials` secrets, certificates, their expiry and the encryption keys, `work-orders` the orders and scripts by which
 * an Entra admin creates a registration, `checks` the check of a registration and its repetition.
 *
 * Owns the tables `cloud_providers`, `provider_credentials`, `work_orders` and `encryption_keys`. `tokens` reads
 * credentials and authorities, `transports/microsoft` clouds and scopes; `principals`, `doctor` and `http` call it.
 */
export type { Cloud, Clouds, Resource } from './clouds/cloud.ts'
export type {
  AccountTypes,
  CheckLine,
  CheckResult,
  CloudProvider,
  CloudProviderChanges,
  CloudProviderState,
  NewCloudProvider,
} from './cloud-provider.ts'
export type { CloudProviders } from './cloud-providers-port.ts'
export {
  cloudsElsewhere,
  createClouds,
  loadClouds,
  isServerOfClouds,
  listLoopbackOrigins,
  listLoopbackServers,
} from './clouds/clouds.ts'
export type {
  CredentialSummary,
  NewCredential,
  ProviderCredential,
  Standing,
} from './credentials/provider-credential.ts'
export type { CredentialTrial, Trial } from './credentials/credential-trial.ts'
export type { Dependent, CredentialExpiry, ExpiryAlert } from './credentials/expiry.ts'
export { listProviderExpiries } from './credentials/expiry-figures.ts'
export type { StateChange, StateHook } from './provider-lifecycle.ts'
export { providerStates } from './states-for-incidents.ts'
export { PROVIDER_STATES } from './provider-states.ts'
export { createProviderWatch, type ProviderWatch, type WatchDeps } from './checks/provider-watch.ts'
export {
  type AccountKind,
  applicationPermissionsFor,
  EVERYTHING_BY_GRAPH,
  READS_ALL_MAIL,
  type Permission,
  type PermissionChoice,
  permissionsFor,
  type ReceivesBy,
  resourceOfScope,
  scopesFor,
  scopesForChanges,
  scopesMissing,
  type SendsBy,
  SIGN_IN_PERMISSIONS,
} from './clouds/permissions.ts'
export {
  type AuthorizationServer,
  createAuthorizationServer,
  readJson,
  toUpstream,
} from './clouds/authorization-server.ts'
export { imapCommands, IMAP_ROLE } from './work-orders/application-imap.ts'
export { rolesMissing } from './checks/application-permissions.ts'
export { revocationCommands, type RevocationCommands } from './work-orders/consent-revocation.ts'
export { type CloudProvidersDeps, createCloudProviders } from './cloud-providers.ts'
export { createKeptProviders } from './kept-providers.ts'
export { scopingCommands, type ScopingRequest } from './work-orders/application-scoping.ts'
export { createKeyRecords } from './credentials/key-records.ts'
export { createKeyRotation, type KeyRotation, type RotationResult } from './credentials/key-rotation.ts'
export { createSeals, openOrGiveUp } from './credentials/lost-keys.ts'
export type { WorkOrderStep, WorkOrder } from './work-orders/work-order.ts'
export type { Manifest, OrderedPermission, SignInAudience, WorkOrderRequest } from './work-orders/manifest.ts'
export {
  createWorkOrders,
  type Proposal,
  type WorkOrderLink,
  type WorkOrders,
  type WorkOrdersDeps,
  type WorkOrderState,
} from './work-orders/work-orders.ts'
