/** *Enterprise applications* page: applications present in the directory, with their permissions. */
import { html, type HtmlValue } from '../../kernel/html.ts'
import { checkbox, copyField } from '../../kernel/page-pieces.ts'
import type { ServicePrincipal } from '../../tenants/index.ts'
import {
  findResource,
  type GrantedPermission,
  grantedPermissions,
  revokePermission,
} from '../registration/admin-consent.ts'
import { mayManageServicePrincipal } from '../registration/who-may.ts'
import { TYPE_NAMES } from './api-permissions.ts'
import { buttonForm, readOnlyNotice, table } from './pieces.ts'
import { type PageDeps, Refusal, requireAdministrator, requireServicePrincipal, type Visit } from './visit.ts'

const PART = 'enterprise-applications' as const

export function registerEnterpriseApplications({ get, post, directory }: PageDeps): void {
  const { applications, consents, people } = directory
  const at = ({ id }: ServicePrincipal) => `/enterprise-applications/${id}`

  get('/enterprise-applications', (visit) => {
    const all = consents.listServicePrincipals(visit.tenant.id)
    const microsoft = visit.query.get('type') === 'microsoft'
    const shown = all.filter(({ appId }) => (findResource(appId) !== undefined) === microsoft)
    return visit.show({
      title: 'Enterprise applications',
      part: PART,
      body: html`<div class="actions">
          <a href="/enterprise-applications" ${!microsoft && html`aria-current="page"`}>Enterprise applications</a>
          <a href="/enterprise-applications?type=microsoft" ${microsoft && html`aria-current="page"`}
            >Microsoft applications</a
          >
          <a href="/enterprise-applications/user-consent-settings">User consent settings</a>
        </div>
        ${table(
          `${shown.length} ${shown.length === 1 ? 'application' : 'applications'} found`,
          ['Name', 'Object ID', 'Application ID', 'Enabled for users to sign in'],
          shown.map((one) => [
            html`<a href="${at(one)}">${one.displayName}</a>`,
            html`<code>${one.id}</code>`,
            html`<code>${one.appId}</code>`,
            one.accountEnabled ? 'Yes' : 'No',
          ]),
          'No applications yet. Registering an application or consenting to one adds it.',
          { captioned: true },
        )}`,
    })
  })

  get('/enterprise-applications/:id', (visit) => {
    const principal = requireServicePrincipal(visit, directory)
    const manages = mayManageServicePrincipal(directory, visit.person, principal)
    const isMicrosofts = findResource(principal.appId) !== undefined
    const registeredHere = applications.tenantOf(principal.appId) === visit.tenant.id
    return visit.show({
      title: principal.displayName,
      subtitle: 'Enterprise application',
      part: PART,
      body: html`${!manages && readOnlyNotice()}
        <div class="columns">
          <section class="card">
            <h2>Properties</h2>
            ${copyField({ label: 'Name', name: 'displayName', value: principal.displayName })}
            ${copyField({ label: 'Application ID', name: 'appId', value: principal.appId })}
            ${copyField({
              label: 'Object ID',
              name: 'objectId',
              value: principal.id,
              hint: 'Exchange Online PowerShell needs this ID, not the Object ID of the registration.',
            })}
            ${registeredHere && html`<p><a href="/app-registrations/${principal.appId}">App registration</a></p>`}
          </section>
          <form method="post" action="${at(principal)}/properties" class="card">
            <h2>Sign-in</h2>
            ${visit.canary()}
            ${checkbox({
              label: 'Enabled for users to sign in?',
              name: 'accountEnabled',
              checked: principal.accountEnabled,
              hint: 'If set to No, Entra ID issues no tokens for this application (AADSTS7000112).',
            })}
            ${checkbox({
              label: 'Assignment required?',
              name: 'appRoleAssignmentRequired',
              checked: principal.appRoleAssignmentRequired,
              hint: 'If set to Yes, only users assigned to the application can sign in (AADSTS50105).',
            })}
            ${manages && html`<div class="actions"><button class="primary" type="submit">Save</button></div>`}
          </form>
        </div>
        <h2>Permissions</h2>
        ${permissionTables(visit, principal)}
        ${
          manages &&
          !isMicrosofts &&
          html`<h2>Delete</h2>
            <p>
              This deletes the application and its grants from ${visit.tenant.displayName}. A new consent adds it again.
            </p>
            ${buttonForm(visit, `${at(principal)}/delete`, 'Delete', { kind: 'danger', describe: principal.displayName })}`
        }`,
    })
  })

  post('/enterprise-applications/:id/properties', (visit) => {
    const principal = managed(visit)
    const accountEnabled = visit.form.has('accountEnabled')
    const appRoleAssignmentRequired = visit.form.has('appRoleAssignmentRequired')
    consents.saveServicePrincipal({ ...principal, accountEnabled, appRoleAssignmentRequired })
    return visit.goOn(at(principal), 'The properties are saved.')
  })

  post('/enterprise-applications/:id/permissions/revoke', (visit) => {
    const principal = requireServicePrincipal(visit, directory)
    requireAdministrator(visit)
    const { form } = visit
    const resource = findResource(form.get('api') ?? '')
    const type = form.get('type') === 'Role' ? 'Role' : 'Scope'
    const value = form.get('value') ?? ''
    if (!resource) throw new Refusal(404, 'There is no such consent.')
    revokePermission(directory, principal, { resource, type, value, principalId: form.get('principalId') || null })
    return visit.goOn(at(principal), `Consent to ${value} is revoked.`)
  })

  post('/enterprise-applications/:id/delete', (visit) => {
    const principal = managed(visit)
    if (findResource(principal.appId)) throw new Refusal(403, 'Applications of Microsoft cannot be deleted.')
    consents.removeServicePrincipal(principal.id)
    return visit.goOn('/enterprise-applications', `${principal.displayName} is deleted from this directory.`)
  })

  function managed(visit: Visit): ServicePrincipal {
    const principal = requireServicePrincipal(visit, directory)
    if (!mayManageServicePrincipal(directory, visit.person, principal)) {
      throw new Refusal(403, 'Only an owner of its app registration or a Global Administrator can change it.')
    }
    return principal
  }

  function permissionTables(visit: Visit, principal: ServicePrincipal): HtmlValue {
    const granted = grantedPermissions(directory, visit.tenant.id, principal.appId)
    const everybody = granted.filter(({ principalId }) => principalId === null)
    const single = granted.filter(({ principalId }) => principalId !== null)
    const heads = ['API', 'Permission', 'Type', 'Description', 'Granted for', '']
    return html`<h3>Admin consent</h3>
      ${table(
        'Admin consent',
        heads,
        everybody.map((one) => row(visit, principal, one, visit.tenant.displayName)),
        'No admin consented permissions found for the application.',
      )}
      <h3>User consent</h3>
      ${table(
        'User consent',
        heads,
        single.map((one) => row(visit, principal, one, people.findUser(one.principalId ?? '')?.displayName)),
        'No user consented permissions found for the application.',
      )}`
  }

  function row(
    visit: Visit,
    principal: ServicePrincipal,
    one: GrantedPermission,
    who: string | undefined,
  ): HtmlValue[] {
    return [
      one.resource.displayName,
      one.value,
      TYPE_NAMES[one.type],
      one.title,
      who,
      visit.administrator &&
        buttonForm(visit, `${at(principal)}/permissions/revoke`, 'Revoke permission', {
          fields: { api: one.resource.appId, type: one.type, value: one.value, principalId: one.principalId ?? '' },
          describe: `${one.value} of ${who ?? 'an unknown user'}`,
        }),
    ]
  }
}
