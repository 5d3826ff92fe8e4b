/**
 * Entra ID: signs users in, handles consent, issues and checks tokens. Serves the authority's endpoints and pages as
 * one site. Resources call it only to check access tokens.
 *
 * Tables: signing_keys, sign_in_requests, sign_in_sessions, mfa_uses, authorization_codes, device_codes,
 * refresh_tokens, used_refresh_tokens, ended_token_families, opaque_access_tokens.
 */
export { AADSTS, type AadstsRow, EntraError, type Errors, type Evidence } from './aadsts.ts'
export type { AccessTokenClaims, AccessTokenRefusal, AccessTokenVerifier } from './access-token-claims.ts'
export { currentMfaCode } from './authenticator.ts'
export { createEntraId, type EntraId, type EntraIdDeps } from './entra-id.ts'
export { subjectOf } from './issued-claims.ts'
export { selfSignedCertificate } from './self-signed-certificate.ts'
export { type KeyPair, newKeyPair } from './signing-keys.ts'
