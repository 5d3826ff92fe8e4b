/**
 * Email accounts: one mailbox each, with its connection state and its reason, folders, sender names and aliases.
 *
 * Owns `email_accounts`, `identities`, `folders`, `mail_passwords` and `proofs_of_life`. `sync` and `submission` open
 * transports and report results; `principals` changes the principal of an account; `http` calls it for users.
 */
export { createEmailAccounts } from './email-accounts.ts'
export { readEmailAccounts } from './account-changes.ts'
export type { EmailAccounts } from './email-accounts.ts'
export type { EmailAccountsDeps } from './deps.ts'
export type { AssociateInput } from './association.ts'
export { CLOSES_OLDER_THAN_DAYS } from './import-from.ts'
export { createPreflights, type Preflights } from './preflights.ts'
export { createPrincipalResolver, type RequestedApplication, type RequestedPrincipal } from './principal-resolver.ts'
export { createPrincipalStore, type PrincipalStore } from './principal-store.ts'
export type { UpdateInput } from './account-update.ts'
export { chooseEnvelopeSender, listOwnAddresses } from './aliases.ts'
export { type Alias } from './alias.ts'
export {
  findDefault as defaultIdentity,
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
  BackupSignIn,
  SyncedFolder,
} from './email-account.ts'
export type { SyncStates } from './sync-states.ts'
export { MOST_UNSENT_COUNTED, type MailCounts, type RemovalCounts, type UnsentCounts } from './removal-counts.ts'
export { deleteOldProofs, extendProofs, type LifeSpan, LONGEST_PAUSE_MS, readLifeSpans } from './proofs-of-life.ts'
export { type StoredFolder, toSyncedFolder } from './rows.ts'
export { ACCOUNT_TEXTS } from './texts-of-people.ts'
export { accountStates } from './states-for-incidents.ts'
export { isTroubled, toReason, toSignal, STATES } from './states.ts'
export type { StateSignal } from './states.ts'
export { createMailPasswords, type MailPasswords } from './mail-passwords.ts'
export { SERVER_PRESETS, type ServerPreset } from './server-presets.ts'
