/**
 * Entra ID: signs people in, asks for consent, issues and checks tokens. Serves the authority's endpoints and
 * pages as one site; resources ask it only whether an access token is good.
 *
 * Tables: signing_keys, sign_in_sessions, authorization_codes, refresh_tokens, opaque_access_tokens.
 */
export type { AccessTokenClaims, AccessTokenRefusal, AccessTokenVerifier } from './access-token-claims.ts'
