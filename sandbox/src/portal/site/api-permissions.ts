/** *API permissions* page: permissions that the application requests, and an administrator's consent to them. */
import { html, type Html, type HtmlValue } from '../../kernel/html.ts'
import type { Application, Resource, Tenant } from '../../tenants/index.ts'
import {
  type ConfiguredPermission,
  configuredPermissions,
  findResource,
  grantAdminConsent,
  type GrantedPermission,
  grantedPermissions,
  type PermissionType,
  revokePermission,
} from '../registration/admin-consent.ts'
import { mayManageApplication } from '../registration/who-may.ts'
import { buttonForm, registrationPath, readOnlyNotice, registrationFrame, table } from './pieces.ts'
import {
  type PageDeps,
  requireApplication,
  requireManagedApplication,
  Refusal,
  requireAdministrator,
  type Visit,
} from './visit.ts'

export const TYPE_NAMES: Record<PermissionType, string> = { Scope: 'Delegated', Role: 'Application' }

export function registerApiPermissions({ get, post, directory }: PageDeps): void {
  const { applications, consents } = directory
  const at = (application: Application) => `${registrationPath(application)}/api-permissions`

  get('/app-registrations/:appId/api-permissions', (visit) => {
    const application = requireApplication(visit, directory)
    const manages = mayManageApplication(directory, visit.person, application)
    const { tenant, administrator } = visit
    const configured = configuredPermissions(directory, tenant.id, application)
    const others = grantedPermissions(directory, tenant.id, application.appId)
      .filter(({ principalId }) => principalId === null)
      .filter((granted) => !configured.some((one) => isSame(one, granted)))
    return visit.show({
      ...registrationFrame(application, 'API permissions'),
      body: html`${!manages && readOnlyNotice()}
        <h2>Configured permissions</h2>
        <p class="hint">
          Applications are authorized to call APIs when they are granted permissions by users/admins as part of the
          consent process. Adding a permission here does not grant it.
        </p>
        <div class="actions">
          ${manages && html`<a class="button primary" href="${at(application)}/add">Add a permission</a>`}
          ${
            administrator
              ? html`<a class="button" href="${at(application)}/grant-admin-consent"
                  >Grant admin consent for ${tenant.displayName}</a
                >`
              : html`<button type="button" disabled>Grant admin consent for ${tenant.displayName}</button>`
          }
        </div>
        ${!administrator && html`<p class="hint">Only a Global Administrator can grant admin consent.</p>`}
        ${table(
          'Configured permissions',
          ['API / Permission name', 'Type', 'Description', 'Admin consent required', 'Status', ''],
          configured.map((one) => configuredRow(visit, application, one, manages)),
          'No permissions added.',
        )}
        ${
          others.length > 0 &&
          html`<h2>Other permissions granted for ${tenant.displayName}</h2>
            <p class="hint">
              These permissions have been granted for ${tenant.displayName} but aren't in the configured permissions
              list.
            </p>
            ${table(
              'Other permissions',
              ['API / Permission name', 'Type', 'Description', 'Status', ''],
              others.map((one) => [
                name(one.resource, one.value),
                TYPE_NAMES[one.type],
                one.title,
                status(true, tenant),
                administrator && revokeButton(visit, application, one),
              ]),
              '',
            )}`
        }`,
    })
  })

  post('/app-registrations/:appId/api-permissions/remove', (visit) => {
    const application = requireManagedApplication(visit, directory)
    const [resourceAppId, type, id] = ['resourceAppId', 'type', 'id'].map((field) => visit.form.get(field))
    application.requiredResourceAccess = application.requiredResourceAccess
      .map((api) =>
        api.resourceAppId === resourceAppId
          ? { ...api, resourceAccess: api.resourceAccess.filter((one) => one.id !== id || one.type !== type) }
          : api,
      )
      .filter((api) => api.resourceAccess.length > 0)
    applications.save(application)
    return visit.goOn(
      at(application),
      'The permission is removed from the list. Existing grants stay valid until they are revoked.',
    )
  })

  get('/app-registrations/:appId/api-permissions/grant-admin-consent', (visit) => {
    const application = requireApplication(visit, directory)
    requireAdministrator(visit)
    const { tenant } = visit
    const configured = configuredPermissions(directory, tenant.id, application)
    return visit.show({
      ...registrationFrame(application, 'API permissions'),
      title: 'Grant admin consent confirmation.',
      body: html`<p>
          Do you want to grant consent for the requested permissions for all accounts in ${tenant.displayName}? This
          will update any existing admin consent records this application already has to match what is listed below.
        </p>
        ${
          configured.length === 0
            ? html`<p class="empty">The application requests no permissions.</p>`
            : html`<ul>
                ${configured.map((one) => html`<li>${describe(one)}</li>`)}
              </ul>`
        }
        <div class="actions">
          ${buttonForm(visit, `${at(application)}/grant-admin-consent`, 'Yes', { kind: 'primary' })}
          <a href="${at(application)}">No</a>
        </div>`,
    })
  })

  post('/app-registrations/:appId/api-permissions/grant-admin-consent', (visit) => {
    const application = requireApplication(visit, directory)
    requireAdministrator(visit)
    grantAdminConsent(directory, visit.tenant.id, application)
    return visit.goOn(at(application), 'Successfully granted admin consent for the requested permissions.')
  })

  post('/app-registrations/:appId/api-permissions/revoke', (visit) => {
    const application = requireApplication(visit, directory)
    requireAdministrator(visit)
    const client = consents.findServicePrincipal(visit.tenant.id, application.appId)
    const { resource, type } = readChoice(visit.form)
    if (!client || !resource || !type) throw new Refusal(404, 'There is no such consent.')
    const value = visit.form.get('value') ?? ''
    revokePermission(directory, client, { resource, type, value, principalId: null })
    return visit.goOn(at(application), `Admin consent to ${value} is revoked.`)
  })

  function configuredRow(
    visit: Visit,
    application: Application,
    one: ConfiguredPermission,
    manages: boolean,
  ): HtmlValue[] {
    const { resource, permission, type, id, resourceAppId, granted } = one
    const describeAs = permission?.value ?? id
    return [
      name(resource, describeAs),
      TYPE_NAMES[type],
      permission?.title ?? 'Unknown permission of this API',
      permission?.adminOnly === true ? 'Yes' : 'No',
      permission ? status(granted, visit.tenant) : 'Cannot be granted',
      html`${
        manages &&
        buttonForm(visit, `${at(application)}/remove`, 'Remove permission', {
          fields: { resourceAppId, type, id },
          describe: describeAs,
        })
      }
      ${
        visit.administrator &&
        granted &&
        resource &&
        permission &&
        revokeButton(visit, application, { resource, type, value: permission.value })
      }`,
    ]
  }

  function revokeButton(
    visit: Visit,
    application: Application,
    one: Pick<GrantedPermission, 'resource' | 'type' | 'value'>,
  ) {
    return buttonForm(visit, `${at(application)}/revoke`, 'Revoke admin consent', {
      fields: { api: one.resource.appId, type: one.type, value: one.value },
      describe: one.value,
    })
  }
}

export function readChoice(source: URLSearchParams): {
  resource: Resource | undefined
  type: PermissionType | undefined
} {
  const type = source.get('type')
  return {
    resource: findResource(source.get('api') ?? ''),
    type: type === 'Scope' || type === 'Role' ? type : undefined,
  }
}

function isSame(configured: ConfiguredPermission, granted: GrantedPermission): boolean {
  return (
    configured.resource === granted.resource &&
    configured.type === granted.type &&
    configured.permission?.value === granted.value
  )
}

function name(resource: Resource | undefined, value: string): Html {
  return html`${resource?.displayName ?? 'Unknown API'}<br /><strong>${value}</strong>`
}

function describe({ resource, permission, type, id }: ConfiguredPermission): string {
  return `${resource?.displayName ?? 'Unknown API'}: ${permission?.value ?? id} (${TYPE_NAMES[type]})${permission ? '' : ', cannot be granted'}`
}

function status(granted: boolean, { displayName }: Tenant): Html {
  return granted
    ? html`<span class="badge">✓ Granted for ${displayName}</span>`
    : html`<span class="badge">⚠ Not granted for ${displayName}</span>`
}
