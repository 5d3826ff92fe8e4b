/**
 * Members of the team: their sign-in, roles and mailboxes, and API keys.
 * Owns `users`, `sessions`, `sign_in_methods` and `verifications` (better-auth's own), `memberships`,
 * `person_links`, `api_keys`, `api_key_networks`, `sign_in_attempts`, `authenticator_apps`, `recovery_codes`,
 * `pending_sign_ins`, `passkeys`, `used_challenges`, `sign_in_policy` and `break_glass_admins`. Used by `http`, `cli` and `conversations` (names of members).
 */
export { mailOrigin } from './devices.ts'
export { createPeople, type PeopleOptions, type PeopleRoom } from './create-people.ts'
export { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './password-rules.ts'
export { sessionCookieName } from './sign-in-library.ts'
export {
  API_KEY_SCOPES,
  changesShared,
  needsAllAccounts,
  ROLES,
  type ApiKeyScope,
  type Person,
  type Role,
} from './person.ts'
export {
  DEFAULT_KEY_LIFETIME,
  KEY_LIFETIMES,
  MAX_KEY_NETWORKS,
  type ApiKey,
  type ApiKeyInput,
  type ApiKeys,
  type CreatedApiKey,
  type KeyLifetime,
} from './api-keys.ts'
export { addMembers } from './people.ts'
export { expectedNetwork } from './allowed-networks.ts'
export type { FactorChange } from './factors/factor-changes.ts'
export { SECOND_STEPS, type Factors } from './factors/factors.ts'
export type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from './factors/passkey-verification.ts'
export type { Passkey, Passkeys } from './factors/passkeys.ts'
export { CONFIRMATION_CODES, type Confirmations } from './confirmations.ts'
export { createKeyExpiry, type KeyExpiryDeps } from './key-expiry.ts'
export { linkHash, type CreatedLink, type LinkKind, type PersonLink, type PersonLinks } from './person-links.ts'
export { SECOND_FACTOR_FOR, type MissingFactor } from './policy/missing-factor.ts'
export { MOST_BREAK_GLASS } from './policy/sign-in-policy.ts'
export type { PolicyActor, PolicyChanges, PolicyState, ProviderFacts, SignInPolicy } from './policy/sign-in-policy.ts'
export type { LostRights, LostRightsHook } from './lost-rights.ts'
export { adminAddresses, memberAddresses, type People } from './people.ts'
export { notingRefusals, type NoteRefusedAccess, type RefusedAccess } from './refused-access.ts'
export type { RequestOrigin, SecurityMail, SecurityNews } from './security-mail.ts'
export {
  LIFETIME_MS,
  SECOND_FACTORS,
  SIGN_IN_METHODS,
  type Session,
  type SignInClient,
  type SignInProof,
} from './session.ts'
export type { OpenedSession, Sessions, SignedIn } from './sessions.ts'
export { LINK_TEXTS } from './texts-of-people.ts'
export { countOldSignIns, deleteExpiredAttempts, deleteOldSignIns } from './old-sign-ins.ts'
