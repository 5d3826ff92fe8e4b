/** What a resource learns from an access token that Entra ID made. */
export interface AccessTokenClaims {
  /** The resource it is for: `https://graph.microsoft.com` or `https://outlook.office.com`. */
  audience: string
  tenantId: string
  /** Client id of the application. */
  appId: string
  /** Object id of the person; absent in application-only tokens. */
  userId: string | undefined
  /** Delegated permissions (`scp`). */
  scopes: ReadonlySet<string>
  /** Application permissions (`roles`). */
  roles: ReadonlySet<string>
  /** Milliseconds since the epoch. */
  expiresAt: number
  /** Milliseconds since the epoch; when it was really made, although `iat` is dated back. */
  issuedAt: number
  /** `true` when the client declared the capability `cp1` (continuous access evaluation). */
  claimsCapable: boolean
}

/** Why a token is refused; resources choose their own words for it. */
export type AccessTokenRefusal = 'empty' | 'malformed' | 'bad-signature' | 'expired' | 'wrong-audience'

export interface AccessTokenVerifier {
  /** Answers a refusal instead of throwing; `audience` is the resource that asks. */
  verify(token: string, audience: string): Promise<{ claims: AccessTokenClaims } | { refused: AccessTokenRefusal }>
}
