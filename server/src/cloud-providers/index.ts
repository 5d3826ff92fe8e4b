/**
 * Cloud providers: the Microsoft clouds as data, our registrations there with their credentials, the one table of
 * permissions, and the work order by which an Entra admin makes a registration.
 *
 * Owns the tables `cloud_providers`, `provider_credentials`, `work_orders` and `encryption_keys`. `tokens` comes in for
 * credentials and authorities, `email-accounts` for clouds and scopes, `http` for all of it.
 */
export type { Cloud, Clouds, Resource } from './cloud.ts'
export type {
  AccountTypes,
  CheckLine,
  CheckResult,
  CloudProvider,
  CloudProviderChanges,
  CloudProviders,
  CloudProviderState,
  NewCloudProvider,
} from './cloud-provider.ts'
export {
  cloudsElsewhere,
  createClouds,
  loadClouds,
  isServerOfClouds,
  loopbackOriginsOf,
  loopbackServersOf,
} from './clouds.ts'
export type { CredentialSummary, NewCredential, ProviderCredential, Standing } from './provider-credential.ts'
export type { CredentialTrial, Trial } from './credential-trial.ts'
export type { Dependent, Ending, EndingAlert } from './ending.ts'
export type { StateChange, StateHook } from './provider-lifecycle.ts'
export { PROVIDER_STATES } from './provider-states.ts'
export { createProviderWatch, type ProviderWatch, type WatchDeps } from './provider-watch.ts'
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
  scopesMissing,
  type SendsBy,
  SIGN_IN_PERMISSIONS,
} from './permissions.ts'
export { type AuthorizationServer, createAuthorizationServer, readJson, upstreamOf } from './authorization-server.ts'
export { imapCommands, IMAP_ROLE } from './application-imap.ts'
export { rolesMissing } from './application-permissions.ts'
export { revocationCommands, type RevocationCommands } from './consent-revocation.ts'
export { type AuditLog, type CloudProvidersDeps, createCloudProviders } from './cloud-providers.ts'
export { scopingCommands, type ScopingWish } from './application-scoping.ts'
export { createKeyRecords } from './key-records.ts'
export { createKeyRotation, type KeyRotation, type RotationResult } from './key-rotation.ts'
export { openOrGiveUp } from './lost-keys.ts'
export type {
  Manifest,
  OrderedPermission,
  SignInAudience,
  WorkOrderStep,
  WorkOrder,
  WorkOrderWish,
} from './work-order.ts'
export {
  createWorkOrders,
  type Proposal,
  type WorkOrderLink,
  type WorkOrders,
  type WorkOrdersDeps,
  type WorkOrderState,
} from './work-orders.ts'
