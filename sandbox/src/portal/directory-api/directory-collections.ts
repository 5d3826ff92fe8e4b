/**
 * Collections of the directory. Their property names are taken from an example object, so that they are listed only
 * once.
 */
import {
  type AppRoleAssignment,
  blankApplication,
  type PermissionGrant,
  type ServicePrincipal,
  type Tenant,
  type User,
} from '../../tenants/index.ts'
import type { Collection } from './directory-answers.ts'
import type { JsonRecord } from './directory-filter.ts'
import {
  applicationShape,
  domainShape,
  organizationShape,
  ownerShape,
  permissionGrantShape,
  roleAssignmentShape,
  servicePrincipalShape,
} from './directory-shapes.ts'

const collection = (name: string, type: string, example: JsonRecord): Collection => ({
  name,
  type: `microsoft.graph.${type}`,
  properties: new Set(Object.keys(example)),
})

const tenant: Tenant = { id: '', displayName: '', domains: [], userConsent: 'disabled', regionScope: '' }
const application = blankApplication({ now: () => new Date(0) })
const nothing = {} as ServicePrincipal & AppRoleAssignment & PermissionGrant & User

export const APPLICATIONS = collection('applications', 'application', applicationShape(application, tenant))
export const SERVICE_PRINCIPALS = collection(
  'servicePrincipals',
  'servicePrincipal',
  servicePrincipalShape(nothing, application, undefined),
)
export const PERMISSION_GRANTS = collection(
  'oauth2PermissionGrants',
  'oAuth2PermissionGrant',
  permissionGrantShape(nothing),
)
export const ROLE_ASSIGNMENTS = collection(
  'appRoleAssignments',
  'appRoleAssignment',
  roleAssignmentShape(nothing, undefined, undefined),
)
export const ORGANIZATIONS = collection('organization', 'organization', organizationShape(tenant))
export const DOMAINS = collection('domains', 'domain', domainShape('', true))
export const OWNERS = collection('directoryObjects', 'directoryObject', ownerShape(nothing))
