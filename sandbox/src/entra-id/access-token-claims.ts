/** Claims that a resource reads from an access token of Entra ID. */
export interface AccessTokenClaims {
  /** Resource of the token: `https://graph.microsoft.com` or `https://outlook.office.com`. */
  audience: string
  tenantId: string
  /** Client id of the application. */
  appId: string
  /** Object id of the user; `undefined` in application-only tokens. */
  userId: string | undefined
  /** Delegated permissions (`scp`). */
  scopes: ReadonlySet<string>
  /** Application permissions (`roles`). */
  roles: ReadonlySet<string>
  /** Milliseconds since the epoch. */
  expiresAt: number
  /** Time at which the token was really issued, in milliseconds since the epoch; `iat` is dated back. */
  issuedAt: number
  /** `true` when the client declared the capability `cp1` (continuous access evaluation). */
  claimsCapable: boolean
}

/** Reason why a token is refused. Each resource maps it to its own error. */
export type AccessTokenRefusal = 'empty' | 'malformed' | 'bad-signature' | 'expired' | 'wrong-audience'

export interface AccessTokenVerifier {
  /**
   * Checks a token for a resource and returns a refusal instead of throwing.
   *
   * @param audience the resource that received the token
   */
  verify(token: string, audience: string): Promise<{ claims: AccessTokenClaims } | { refused: AccessTokenRefusal }>
}
