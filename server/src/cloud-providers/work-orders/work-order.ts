import { AppError, fillText } from '../../kernel/errors.ts'
import type { AccountTypes } from '../cloud-provider.ts'
import type { Cloud, Resource } from '../clouds/cloud.ts'
import {
  applicationPermissionsFor,
  permissionsFor,
  RESOURCE_APP_IDS,
  SIGN_IN_PERMISSIONS,
} from '../clouds/permissions.ts'
import { TEXTS } from '../texts.ts'
import { azureCliScript, graphPowerShellScript } from './registration-scripts.ts'
import type { WorkOrderRequest, OrderedPermission, Manifest, SignInAudience } from './manifest.ts'

/** All data needed to register the application, for a page, the API and a terminal. */
export interface WorkOrder {
  cloud: { id: string; name: string; portal: string }
  displayName: string
  accountTypes: AccountTypes
  /** Label in the portal; `audience` is the value in the manifest. */
  accountTypesInPortal: string
  signInAudience: SignInAudience
  /** Redirect URI, which must be copied exactly, because it is compared character by character. */
  redirectUri: string
  permissions: OrderedPermission[]
  steps: WorkOrderStep[]
  /** Undefined for a cloud that these tools don't support. */
  scripts: { azureCli: string; graphPowerShell: string } | undefined
  manifest: Manifest
}

/** One action in the portal. */
export interface WorkOrderStep {
  text: string
  /** Text to paste. */
  copy?: string
}

const RESOURCE_NAMES: Readonly<Record<Resource, string>> = {
  graph: 'Microsoft Graph',
  exchange: 'Office 365 Exchange Online',
}

/** @see https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation */
const ACCOUNT_TYPES: Readonly<Record<AccountTypes, { audience: SignInAudience; inPortal: string; when: string }>> = {
  'single-tenant': {
    audience: 'AzureADMyOrg',
    inPortal: TEXTS.ownDirectory,
    when: TEXTS.singleTenant,
  },
  multitenant: {
    audience: 'AzureADMultipleOrgs',
    inPortal: TEXTS.anyDirectory,
    when: TEXTS.multitenant,
  },
  'multitenant-and-personal': {
    audience: 'AzureADandPersonalMicrosoftAccount',
    inPortal: TEXTS.anyDirectoryAndPersonal,
    when: TEXTS.multitenantAndPersonal,
  },
}

const MAX_DISPLAY_NAME = 120

/** @throws {AppError} `cloud_providers.field_invalid`, `cloud_providers.personal_accounts_unavailable` */
export function workOrder(request: WorkOrderRequest, cloud: Cloud, redirectUri: string): WorkOrder {
  const { accountTypes, credential, displayName = 'Postkey' } = request
  if (displayName.trim() === '' || displayName.length > MAX_DISPLAY_NAME || /\p{Cc}/u.test(displayName)) {
    throw new AppError('cloud_providers.field_invalid')
  }
  if (accountTypes === 'multitenant-and-personal' && !cloud.personalAccounts) {
    throw new AppError('cloud_providers.personal_accounts_unavailable')
  }
  const { audience, inPortal } = ACCOUNT_TYPES[accountTypes]
  const roles = request.application === undefined ? [] : applicationPermissionsFor(request)
  const permissions = [...permissionsFor(request), ...SIGN_IN_PERMISSIONS, ...roles].map(
    (permission): OrderedPermission => ({
      ...permission,
      resourceName: RESOURCE_NAMES[permission.resource],
      resourceAppId: RESOURCE_APP_IDS[permission.resource],
      allowedIn: permission.type === 'Role' && request.application === 'chosen-mailboxes' ? 'exchange' : 'entra-id',
    }),
  )
  const manifest = manifestOf(displayName, audience, redirectUri, permissions)
  const { scriptNames: scripts } = cloud
  return {
    cloud: { id: cloud.id, name: cloud.name, portal: cloud.portal },
    displayName,
    accountTypes,
    accountTypesInPortal: inPortal,
    signInAudience: audience,
    redirectUri,
    permissions,
    steps: stepsOf(request, displayName, cloud, redirectUri, permissions),
    scripts: scripts && {
      azureCli: azureCliScript(manifest, permissions, scripts, credential),
      graphPowerShell: graphPowerShellScript(manifest, permissions, scripts, credential),
    },
    manifest,
  }
}

function manifestOf(
  displayName: string,
  signInAudience: SignInAudience,
  redirectUri: string,
  ordered: readonly OrderedPermission[],
): Manifest {
  const permissions = ordered.filter(({ allowedIn }) => allowedIn === 'entra-id')
  const resources = [...new Set(permissions.map(({ resourceAppId }) => resourceAppId))]
  return {
    displayName,
    signInAudience,
    web: { redirectUris: [redirectUri] },
    api: { requestedAccessTokenVersion: 2 },
    requiredResourceAccess: resources.map((resourceAppId) => ({
      resourceAppId,
      resourceAccess: permissions
        .filter((permission) => permission.resourceAppId === resourceAppId)
        .map(({ id, type }) => ({ id, type })),
    })),
  }
}

function stepsOf(
  { accountTypes, application, credential }: WorkOrderRequest,
  displayName: string,
  cloud: Cloud,
  redirectUri: string,
  permissions: readonly OrderedPermission[],
): WorkOrderStep[] {
  const { inPortal, when } = ACCOUNT_TYPES[accountTypes]
  const delegated = permissions.filter(({ type }) => type === 'Scope')
  const resources = [...new Set(delegated.map(({ resourceName }) => resourceName))]
  const roles = permissions.filter(({ type }) => type === 'Role').map(({ value }) => value)
  return [
    { text: TEXTS.signInToPortal, copy: cloud.portal },
    { text: TEXTS.chooseTenant },
    { text: TEXTS.openEntra },
    { text: TEXTS.newRegistration },
    { text: TEXTS.enterName, copy: displayName },
    { text: fillText(TEXTS.accountTypes, { type: inPortal, when }) },
    { text: TEXTS.register },
    { text: TEXTS.copyIds },
    { text: TEXTS.addPlatform, copy: redirectUri },
    credentialStep(credential),
    ...resources.map((name): WorkOrderStep => {
      const names = delegated.filter(({ resourceName }) => resourceName === name).map(({ value }) => value)
      return { text: fillText(TEXTS.addPermissions, { resource: name, permissions: names.join(', ') }) }
    }),
    ...stepsOfApplication(application, roles),
    { text: TEXTS.adminConsent },
  ]
}

function credentialStep(credential: WorkOrderRequest['credential']): WorkOrderStep {
  if (credential === 'certificate') return { text: TEXTS.byCertificate }
  if (credential === 'secret') return { text: TEXTS.createSecret }
  return { text: fillText(TEXTS.secretOrCertificate, { secret: TEXTS.createSecret }) }
}

function stepsOfApplication(application: WorkOrderRequest['application'], roles: readonly string[]): WorkOrderStep[] {
  switch (application) {
    case 'chosen-mailboxes':
      return [{ text: fillText(TEXTS.grantedInExchange, { permissions: roles.join(' and ') }) }]
    case 'all-mailboxes':
      return [{ text: fillText(TEXTS.addApplicationPermissions, { permissions: roles.join(', ') }) }]
    case undefined:
      return []
  }
}
