import { AppError } from '../../kernel/errors.ts'
import type { AccountTypes } from '../cloud-provider.ts'
import type { Cloud, Resource } from '../clouds/cloud.ts'
import {
  applicationPermissionsFor,
  permissionsFor,
  RESOURCE_APP_IDS,
  SIGN_IN_PERMISSIONS,
} from '../clouds/permissions.ts'
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
    inPortal: 'Accounts in this organizational directory only',
    when: 'all mailboxes are in your own tenant',
  },
  multitenant: {
    audience: 'AzureADMultipleOrgs',
    inPortal: 'Accounts in any organizational directory',
    when: 'mailboxes of several organizations are connected',
  },
  'multitenant-and-personal': {
    audience: 'AzureADandPersonalMicrosoftAccount',
    inPortal: 'Accounts in any organizational directory and personal Microsoft accounts',
    when: 'outlook.com and the like are connected too',
  },
}

const MAX_DISPLAY_NAME = 120

/** @throws {AppError} `cloud_providers.field_invalid`, `cloud_providers.personal_accounts_unavailable` */
export function workOrder(wish: WorkOrderRequest, cloud: Cloud, redirectUri: string): WorkOrder {
  const { accountTypes, credential, displayName = 'Postkey' } = wish
  if (displayName.trim() === '' || displayName.length > MAX_DISPLAY_NAME || /\p{Cc}/u.test(displayName)) {
    throw new AppError('cloud_providers.field_invalid')
  }
  if (accountTypes === 'multitenant-and-personal' && !cloud.personalAccounts) {
    throw new AppError('cloud_providers.personal_accounts_unavailable')
  }
  const { audience, inPortal } = ACCOUNT_TYPES[accountTypes]
  const roles = wish.application === undefined ? [] : applicationPermissionsFor(wish)
  const permissions = [...permissionsFor(wish), ...SIGN_IN_PERMISSIONS, ...roles].map(
    (permission): OrderedPermission => ({
      ...permission,
      resourceName: RESOURCE_NAMES[permission.resource],
      resourceAppId: RESOURCE_APP_IDS[permission.resource],
      allowedIn: permission.type === 'Role' && wish.application === 'chosen-mailboxes' ? 'exchange' : 'entra-id',
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
    steps: stepsOf(wish, displayName, cloud, redirectUri, permissions),
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
    { text: 'Sign in to the Azure portal.', copy: cloud.portal },
    { text: 'With several tenants: choose the right one under Directories + subscriptions.' },
    { text: 'Open Microsoft Entra ID (formerly Azure Active Directory).' },
    { text: 'Open Manage, App registrations, New registration.' },
    {
      text: 'Enter a display name. People see it when they sign in; it can be changed, and several registrations may share one.',
      copy: displayName,
    },
    { text: `Supported account types: choose "${inPortal}". It is the right one when ${when}.` },
    { text: 'Leave Redirect URI empty and press Register.' },
    { text: 'From Overview, copy Application (client) ID and Directory (tenant) ID: they are asked for at the end.' },
    {
      text: 'Open Authentication, Add a platform, Web, and paste the redirect URI. Not Single-page application: its sign-ins end after one day.',
      copy: redirectUri,
    },
    credentialStep(credential),
    ...resources.map((name): WorkOrderStep => {
      const names = delegated.filter(({ resourceName }) => resourceName === name).map(({ value }) => value)
      return {
        text: `Open API permissions, Add a permission, ${name}, Delegated permissions, and tick: ${names.join(', ')}.`,
      }
    }),
    ...stepsOfApplication(application, roles),
    {
      text: 'Press Grant admin consent. Once is enough: then skip the admin consent in step C of Postkey. If you can’t grant it here, an Entra admin does it in step C. Without it, most organizations refuse the sign-in.',
    },
  ]
}

const SECRET_TEXT =
  'Open Certificates & secrets, New client secret. Copy the Value (not the Secret ID), which is shown only once, and note the expiry date.'
const EITHER_TEXT = `${SECRET_TEXT} Or make none: Postkey makes a certificate, which you upload here afterwards.`
const BY_CERTIFICATE: WorkOrderStep = {
  text: 'Make no client secret: Postkey makes a certificate when it has the ids. Then you get its public part, postkey.cer, and upload it under Certificates & secrets, Certificates, Upload certificate. There is nothing secret in that file.',
}

function credentialStep(credential: WorkOrderRequest['credential']): WorkOrderStep {
  if (credential === 'certificate') return BY_CERTIFICATE
  return { text: credential === 'secret' ? SECRET_TEXT : EITHER_TEXT }
}

function stepsOfApplication(application: WorkOrderRequest['application'], roles: readonly string[]): WorkOrderStep[] {
  switch (application) {
    case 'chosen-mailboxes':
      return [
        {
          text: `Leave Application permissions empty: ${roles.join(' and ')} are allowed in Exchange, for the chosen mailboxes only. Postkey shows the commands for that on the page of the cloud provider, with the mailboxes filled in.`,
        },
      ]
    case 'all-mailboxes':
      return [
        {
          text: `Open API permissions, Add a permission, Microsoft Graph, Application permissions, and tick: ${roles.join(', ')}. With them the application opens every mailbox of the organization, and no limit in Exchange holds.`,
        },
      ]
    case undefined:
      return []
  }
}
