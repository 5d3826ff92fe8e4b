/**
 * Tokens: sign-in with consent, the grants it brings, and access tokens that are always fresh. The only room that sends
 * requests to the token endpoint; `rooms.ts` reserves its address.
 *
 * Owns the tables `grants`, `access_tokens`, `application_tokens`, `authorizations`, `sign_in_links`, `principal_wishes`,
 * `device_code_allowances` and `device_sign_ins`, and reads of
 * `email_accounts` which grants open a mailbox. `email-accounts` comes in for access tokens, `http` for the sign-in.
 */
export { type AccessTokens, MIN_LIFETIME_MS } from './access-tokens.ts'
export type {
  ApplicationInTenant,
  ApplicationPrincipal,
  ApplicationToken,
  ApplicationTokens,
} from './application-tokens.ts'
export type { AuthorizationOutcome, Authorizations, FailedAuthorization, NewAuthorization } from './authorization.ts'
export { clientAuthentication } from './client-authentication.ts'
export { createCredentialTrial } from './credential-trial.ts'
export { createTokenRequests, type TokenRequests } from './token-requests.ts'
export { createTokens, type TokenRoom, type TokensDeps } from './create-tokens.ts'
export type { AccessToken, GrantState, GrantSummary } from './grant.ts'
export type { DeviceCodeAllowances } from './device-code-allowances.ts'
export type { DeviceSignIn, DeviceSignIns, NewDeviceSignIn } from './device-sign-ins.ts'
export { grantStates } from './states-for-incidents.ts'
export type { Grants } from './grants.ts'
export type { SignInHook, SignedInGrant } from './sign-in-hooks.ts'
export type { PrincipalRequest, PrincipalRequests } from './principal-requests.ts'
export type { AccessToTry, AccessTrial, OwnershipCheck } from './access-trial.ts'
export type {
  HostedLink,
  NewSignInLink,
  SignInLink,
  SignInLinkPreview,
  SignInLinks,
  SignInLinkState,
} from './sign-in-links.ts'
export { countOldSignInLinks, deleteOldSignInLinks } from './old-sign-in-links.ts'
