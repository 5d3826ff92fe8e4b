/** Objects of the directory in Graph's JSON, with properties in its order. */
import {
  type Application,
  type AppRoleAssignment,
  type Permission,
  type PermissionGrant,
  RESOURCES,
  type ServicePrincipal,
  type Tenant,
  type User,
} from '../../tenants/index.ts'
import type { JsonRecord } from './directory-filter.ts'

/** The tenant in which Microsoft's own applications are registered. */
const MICROSOFT_TENANT_ID = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'

/** @see https://learn.microsoft.com/graph/api/resources/application */
export function applicationShape(
  application: Application,
  tenant: Tenant,
  options: { withKeys?: boolean } = {},
): JsonRecord {
  return {
    id: application.id,
    deletedDateTime: null,
    appId: application.appId,
    applicationTemplateId: null,
    disabledByMicrosoftStatus: null,
    createdDateTime: application.createdDateTime,
    displayName: application.displayName,
    description: application.description ?? null,
    groupMembershipClaims: null,
    identifierUris: application.identifierUris,
    isDeviceOnlyAuthSupported: null,
    isFallbackPublicClient: application.isFallbackPublicClient,
    notes: application.notes ?? null,
    publisherDomain: tenant.domains[0] ?? null,
    serviceManagementReference: null,
    signInAudience: application.signInAudience,
    tags: application.tags ?? [],
    tokenEncryptionKeyId: null,
    defaultRedirectUri: null,
    certification: null,
    optionalClaims: optionalClaimsShape(application),
    addIns: [],
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      requestedAccessTokenVersion: application.api.requestedAccessTokenVersion,
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
    },
    appRoles: [],
    info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
    // Graph returns the certificates themselves only on request.
    keyCredentials: application.keyCredentials.map((credential) => ({
      ...credential,
      key: options.withKeys === true ? credential.key : null,
    })),
    passwordCredentials: application.passwordCredentials.map((credential) => ({
      customKeyIdentifier: null,
      ...credential,
      secretText: null,
    })),
    publicClient: application.publicClient,
    requiredResourceAccess: application.requiredResourceAccess,
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
    web: {
      homePageUrl: application.web.homePageUrl ?? null,
      logoutUrl: application.web.logoutUrl,
      redirectUris: application.web.redirectUris,
      implicitGrantSettings: application.web.implicitGrantSettings,
      redirectUriSettings: application.web.redirectUris.map((uri) => ({ uri, index: null })),
    },
    spa: application.spa,
  }
}

function optionalClaimsShape({ optionalClaims }: Application): JsonRecord | null {
  if (!optionalClaims) return null
  const idToken = optionalClaims.idToken.map((claim) => ({ ...claim, source: null, additionalProperties: [] }))
  return { idToken, accessToken: [], saml2Token: [] }
}

/** @see https://learn.microsoft.com/graph/api/resources/serviceprincipal */
export function servicePrincipalShape(
  principal: ServicePrincipal,
  application: Application | undefined,
  homeTenantId: string | undefined,
): JsonRecord {
  const resource = RESOURCES.find(({ appId }) => appId === principal.appId)
  const names = resource?.identifierUris ?? application?.identifierUris ?? []
  return {
    id: principal.id,
    deletedDateTime: null,
    accountEnabled: principal.accountEnabled,
    alternativeNames: [],
    appDisplayName: application?.displayName ?? principal.displayName,
    appDescription: application?.description ?? null,
    appId: principal.appId,
    applicationTemplateId: null,
    appOwnerOrganizationId: resource ? MICROSOFT_TENANT_ID : (homeTenantId ?? null),
    appRoleAssignmentRequired: principal.appRoleAssignmentRequired,
    description: null,
    disabledByMicrosoftStatus: null,
    displayName: principal.displayName,
    homepage: application?.web.homePageUrl ?? null,
    loginUrl: null,
    logoutUrl: application?.web.logoutUrl ?? null,
    notes: null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    replyUrls: application
      ? [...application.web.redirectUris, ...application.spa.redirectUris, ...application.publicClient.redirectUris]
      : [],
    servicePrincipalNames: [...new Set([principal.appId, ...names])],
    servicePrincipalType: 'Application',
    signInAudience: application?.signInAudience ?? (resource ? 'AzureADMultipleOrgs' : null),
    tags: principal.tags ?? [],
    tokenEncryptionKeyId: null,
    addIns: [],
    appRoles: resource?.application.map(appRoleShape) ?? [],
    info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
    keyCredentials: [],
    oauth2PermissionScopes: resource?.delegated.map(scopeShape) ?? [],
    passwordCredentials: [],
    resourceSpecificApplicationPermissions: [],
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
  }
}

function appRoleShape({ id, title, value }: Permission): JsonRecord {
  return {
    allowedMemberTypes: ['Application'],
    description: title,
    displayName: title,
    id,
    isEnabled: true,
    origin: 'Application',
    value,
  }
}

function scopeShape({ id, title, value, adminOnly }: Permission): JsonRecord {
  return {
    adminConsentDescription: title,
    adminConsentDisplayName: title,
    id,
    isEnabled: true,
    type: adminOnly ? 'Admin' : 'User',
    userConsentDescription: title,
    userConsentDisplayName: title,
    value,
  }
}

/** @see https://learn.microsoft.com/graph/api/resources/approleassignment */
export function roleAssignmentShape(
  assignment: AppRoleAssignment,
  principalName: string | undefined,
  resourceName: string | undefined,
): JsonRecord {
  return {
    id: assignment.id,
    deletedDateTime: null,
    appRoleId: assignment.appRoleId,
    createdDateTime: assignment.createdDateTime,
    principalDisplayName: principalName ?? null,
    principalId: assignment.principalId,
    principalType: 'ServicePrincipal',
    resourceDisplayName: resourceName ?? null,
    resourceId: assignment.resourceId,
  }
}

/** @see https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant */
export function permissionGrantShape(grant: PermissionGrant): JsonRecord {
  const { id, clientId, consentType, principalId, resourceId, scope } = grant
  return { id, clientId, consentType, principalId, resourceId, scope }
}

/** @see https://learn.microsoft.com/graph/api/resources/organization */
export function organizationShape(tenant: Tenant): JsonRecord {
  return {
    id: tenant.id,
    deletedDateTime: null,
    displayName: tenant.displayName,
    tenantType: 'AAD',
    verifiedDomains: tenant.domains.map((name, i) => ({
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: i === 0,
      isInitial: name.includes('.onmicrosoft.'),
      name,
      type: 'Managed',
    })),
  }
}

/** @see https://learn.microsoft.com/graph/api/resources/domain */
export function domainShape(name: string, isDefault: boolean): JsonRecord {
  return {
    authenticationType: 'Managed',
    availabilityStatus: null,
    id: name,
    isAdminManaged: true,
    isDefault,
    isInitial: name.includes('.onmicrosoft.'),
    isRoot: true,
    isVerified: true,
    supportedServices: ['Email'],
  }
}

/** @see https://learn.microsoft.com/graph/api/resources/user */
export function ownerShape(user: User): JsonRecord {
  return {
    '@odata.type': '#microsoft.graph.user',
    id: user.id,
    displayName: user.displayName,
    mail: user.mail ?? null,
    userPrincipalName: user.userPrincipalName,
  }
}
