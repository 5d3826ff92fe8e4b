/** The objects of a directory. Times are milliseconds since the epoch in rows, ISO 8601 in Graph-shaped objects. */

/** Personal accounts live in a tenant of this id. @see https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc */
export const PERSONAL_TENANT_ID = '9188040d-6c67-4c5b-b112-36a304b66dad'

/**
 * What users may consent to themselves: `microsoft-recommended` is Microsoft's default since November 2025
 * (no mail permissions), `allow` lets them consent to all that is not admin-only, `disabled` to nothing.
 */
export type UserConsentPolicy = 'microsoft-recommended' | 'allow' | 'disabled'

export interface Tenant {
  id: string
  displayName: string
  /** Verified domains, the default first. */
  domains: readonly string[]
  userConsent: UserConsentPolicy
  /** `EU`, `NA`…; what discovery calls `tenant_region_scope`. */
  regionScope: string
}

export interface User {
  /** The `oid` claim and Graph's `id`. */
  id: string
  tenantId: string
  userPrincipalName: string
  displayName: string
  mail: string | undefined
  /** The other addresses of the mailbox, `smtp:` in `proxyAddresses`. */
  aliases?: readonly string[]
  /** Absent for shared mailboxes and for guests, who sign in at home. */
  password: string | undefined
  /** Base32 TOTP secret; present where the user must pass MFA. */
  mfaSecret: string | undefined
  accountEnabled: boolean
  userType: 'Member' | 'Guest'
  /** For a guest: the account at home. */
  homeUserId: string | undefined
  globalAdministrator: boolean
  /** BCP 47; decides the names of the mailbox's folders. */
  preferredLanguage: string
  /** Refresh tokens issued before this are revoked (AADSTS50173). */
  tokensValidFrom: number
}

/** `user.id` is also the mailbox's id. Users without a row have no mailbox (no licence). */
export interface Mailbox {
  userId: string
  kind: 'user' | 'shared'
}

/** Roles of RBAC for Applications, as Exchange calls them. */
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
  /** The first three characters of the value, so that a person can tell secrets apart. */
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

/** An app registration, in the shape of Graph's `application` resource. */
export interface Application {
  /** Object id of the registration; not the client id. */
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
  /** When something was last granted; not part of Graph's shape. */
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
