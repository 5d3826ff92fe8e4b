/**
 * Objects of a directory. Times are milliseconds since the epoch in rows, and ISO 8601 in objects of Graph's format.
 */

/** Tenant id of personal accounts. @see https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc */
export const PERSONAL_TENANT_ID = '9188040d-6c67-4c5b-b112-36a304b66dad'

/**
 * Permissions that users can grant themselves. `microsoft-recommended` is Microsoft's default since November 2025 (no
 * mail permissions), `allow` includes everything that is not admin-only, `disabled` nothing.
 */
export type UserConsentPolicy = 'microsoft-recommended' | 'allow' | 'disabled'

export interface Tenant {
  id: string
  displayName: string
  /** Verified domains, the default first. */
  domains: readonly string[]
  userConsent: UserConsentPolicy
  /** `EU`, `NA`…; `tenant_region_scope` in discovery. */
  regionScope: string
}

export interface User {
  /** The `oid` claim and Graph's `id`. */
  id: string
  tenantId: string
  userPrincipalName: string
  displayName: string
  mail: string | undefined
  /** Additional addresses of the mailbox, `smtp:` in `proxyAddresses`. */
  aliases?: readonly string[]
  /** `undefined` for shared mailboxes and for guests, who sign in at their home tenant. */
  password: string | undefined
  /** Base32 TOTP secret; set when the user must pass MFA. */
  mfaSecret: string | undefined
  accountEnabled: boolean
  userType: 'Member' | 'Guest'
  /** For a guest: id of the home account. */
  homeUserId: string | undefined
  globalAdministrator: boolean
  /** BCP 47 language tag; determines the names of the mailbox's folders. */
  preferredLanguage: string
  /** Refresh tokens issued before this are revoked (AADSTS50173). */
  tokensValidFrom: number
}

/** Mailbox of a user; `user.id` is also its id. Users without a row have no mailbox (no license). */
export interface Mailbox {
  userId: string
  kind: 'user' | 'shared'
}

/** Exchange's names of the roles for RBAC for Applications. */
export const APPLICATION_ROLES = [
  'Application Mail.Read',
  'Application Mail.ReadWrite',
  'Application Mail.Send',
  'Application SMTP.SendAsApp',
] as const
export type ApplicationRole = (typeof APPLICATION_ROLES)[number]

export type MailboxRight = 'FullAccess' | 'SendAs' | 'SendOnBehalf'

export type SignInAudience =
  'AzureADMyOrg' | 'AzureADMultipleOrgs' | 'AzureADandPersonalMicrosoftAccount' | 'PersonalMicrosoftAccount'

export interface PasswordCredential {
  keyId: string
  displayName: string | null
  /** First three characters of the value, to distinguish secrets. */
  hint: string
  startDateTime: string
  endDateTime: string
}

export interface KeyCredential {
  keyId: string
  displayName: string | null
  type: 'AsymmetricX509Cert'
  usage: 'Verify'
  /** Base64 of the DER certificate. */
  key: string
  /** Base64 SHA-1 thumbprint, as Microsoft stores it. */
  customKeyIdentifier: string
  startDateTime: string
  endDateTime: string
}

export interface RequiredResourceAccess {
  resourceAppId: string
  resourceAccess: { id: string; type: 'Scope' | 'Role' }[]
}

/** An app registration, in the format of Graph's `application` resource. */
export interface Application {
  /** Object id of the registration, which differs from the client id. */
  id: string
  /** Application (client) ID. */
  appId: string
  displayName: string
  description?: string | null
  notes?: string | null
  tags?: string[]
  createdDateTime: string
  signInAudience: SignInAudience
  identifierUris: string[]
  web: {
    redirectUris: string[]
    homePageUrl?: string | null
    logoutUrl: string | null
    implicitGrantSettings: { enableIdTokenIssuance: boolean; enableAccessTokenIssuance: boolean }
  }
  spa: { redirectUris: string[] }
  publicClient: { redirectUris: string[] }
  isFallbackPublicClient: boolean
  requiredResourceAccess: RequiredResourceAccess[]
  passwordCredentials: PasswordCredential[]
  keyCredentials: KeyCredential[]
  api: { requestedAccessTokenVersion: number | null }
  optionalClaims?: OptionalClaims | null
}

/** Claims that an application gets on request of its registration. The sandbox has `auth_time` of ID tokens. */
export interface OptionalClaims {
  idToken: { name: 'auth_time'; essential: boolean }[]
}

/** An application's presence in a tenant ("Enterprise application"). */
export interface ServicePrincipal {
  id: string
  tenantId: string
  appId: string
  displayName: string
  accountEnabled: boolean
  appRoleAssignmentRequired: boolean
  tags?: string[]
}

/** Graph's `oAuth2PermissionGrant`: delegated scopes granted to a client on a resource. */
export interface PermissionGrant {
  id: string
  /** Object id of the client's service principal. */
  clientId: string
  /** `AllPrincipals`: admin consent for everyone; `Principal`: for `principalId` alone. */
  consentType: 'AllPrincipals' | 'Principal'
  principalId: string | null
  /** Object id of the resource's service principal. */
  resourceId: string
  /** Space-separated values. */
  scope: string
  /** Time of the last grant; not part of Graph's format. */
  grantedAt?: number
}

export interface AppRoleAssignment {
  id: string
  appRoleId: string
  /** Object id of the client's service principal. */
  principalId: string
  /** Object id of the resource's service principal. */
  resourceId: string
  createdDateTime: string
}
