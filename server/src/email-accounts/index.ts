/**
 * Email accounts: one mailbox each, with the grant that opens it, the state it is in and why, and the folders we read.
 * Owns `email_accounts`, `identities`, `folders` and `proofs_of_life`. `sync` and `submission` come for the transport and report how it went; `http`
 * comes for the admin.
 */
export { createEmailAccounts } from './email-accounts.ts'
export type { EmailAccounts } from './email-accounts.ts'
export type { AuditLog, EmailAccountsDeps } from './deps.ts'
export type { AssociateInput } from './associating.ts'
export type { ApplicationOf, WantedPrincipal } from './openers.ts'
export type { UpdateInput } from './updating.ts'
export { type Alias, envelopeSenderOf, ownAddressesOf } from './aliases.ts'
export {
  defaultOf as defaultIdentity,
  type Identity,
  type IdentityInput,
  identityToAnswer,
  pick as pickIdentity,
} from './identities.ts'
export { type AutomaticReply, type AutomaticReplyInput, isWithin } from './automatic-reply.ts'
export type { FolderChoice } from './folder-choices.ts'
export type {
  EmailAccount,
  EmailAccountState,
  Preflight,
  NewMailDetection,
  StandBy,
  StateReason,
  SyncedFolder,
} from './email-account.ts'
export type { MailCounts, RemovalCounts, UnsentCounts } from './removal-counts.ts'
export { type LifeSpan, LONGEST_PAUSE_MS, readLifeSpans } from './proofs-of-life.ts'
export { isTroubled, reasonOf, signalOf, STATES } from './states.ts'
export { joinCloudProviders } from './with-cloud-providers.ts'
export type { StateSignal } from './states.ts'
export {
  createApplicationAccess,
  type ApplicationAccess,
  type ApplicationAccessDeps,
  type ApplicationInOrganization,
} from './application-access.ts'
export { createMailPasswords, type MailPasswords } from './mail-passwords.ts'
export { SERVER_PRESETS, type ServerPreset } from './server-presets.ts'
export { createWishPreflight } from './wish-preflight.ts'
export { createPrincipals, type Principals, type PrincipalsDeps } from './principals.ts'
export { type Dependents, openedBy } from './dependents.ts'
