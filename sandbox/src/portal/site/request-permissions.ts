/** *Request API permissions* page: choosing permissions for the application to request. */
import { html } from '../../kernel/html.ts'
import { checkbox, notice } from '../../kernel/page-pieces.ts'
import { type Application, type Permission, type Resource, RESOURCES } from '../../tenants/index.ts'
import { listPermissions, type PermissionType } from '../registration/admin-consent.ts'
import { findProblems } from '../registration/application-rules.ts'
import { readChoice, TYPE_NAMES } from './api-permissions.ts'
import { registrationPath, registrationFrame } from './pieces.ts'
import { type PageDeps, requireManagedApplication, type Visit } from './visit.ts'

export function registerRequestPermissions({ get, post, directory }: PageDeps): void {
  const { applications } = directory
  const at = (application: Application) => `${registrationPath(application)}/api-permissions`

  get('/app-registrations/:appId/api-permissions/add', (visit) =>
    showAdd(visit, requireManagedApplication(visit, directory)),
  )

  post('/app-registrations/:appId/api-permissions/add', (visit) => {
    const before = requireManagedApplication(visit, directory)
    const { resource, type } = readChoice(visit.form)
    if (!resource || !type) return showAdd(visit, before, 'Choose an API and a type of permissions.')
    const chosen = visit.form.getAll('permission')
    const permissions = listPermissions(resource, type).filter(({ id }) => chosen.includes(id))
    if (permissions.length === 0) return showAdd(visit, before, 'Choose at least one permission.')

    const application = withPermissions(before, resource, type, permissions)
    const problem = findProblems(application, 'object').find(({ property }) => property === 'requiredResourceAccess')
    if (problem) return showAdd(visit, before, problem.message)
    applications.save(application)
    return visit.goOn(
      at(application),
      `Added: ${permissions.map(({ value }) => value).join(', ')}. Nothing is granted yet.`,
    )
  })

  function showAdd(visit: Visit, application: Application, fault?: string) {
    const source = fault === undefined ? visit.query : visit.form
    const { resource, type } = readChoice(source)
    const wanted = new Set(application.requiredResourceAccess.flatMap((api) => api.resourceAccess.map(({ id }) => id)))
    const here = `${at(application)}/add`
    const link = (to: Resource, kind: PermissionType) =>
      html`<a
        href="${here}?api=${to.appId}&type=${kind}"
        ${to === resource && kind === type && html`aria-current="true"`}
        >${TYPE_NAMES[kind]} permissions</a
      >`
    return visit.show(
      {
        ...registrationFrame(application, 'API permissions'),
        title: 'Request API permissions',
        body: html`${fault !== undefined && notice('error', html`<p>${fault}</p>`)}
          <p>What type of permissions does your application require?</p>
          <div class="columns">
            ${RESOURCES.map(
              (one) =>
                html`<section class="card">
                  <h2>${one.displayName}</h2>
                  <p class="hint">
                    ${one.appId === RESOURCES[0]?.appId ? 'Microsoft APIs' : 'APIs my organization uses'}
                  </p>
                  <ul>
                    <li>${link(one, 'Scope')}: the application needs to access the API as the signed-in user.</li>
                    <li>
                      ${link(one, 'Role')}: the application runs as a background service without a signed-in user.
                    </li>
                  </ul>
                </section>`,
            )}
          </div>
          ${
            resource &&
            type &&
            html`<form method="post" action="${here}" class="card">
              <h2>${resource.displayName}: ${TYPE_NAMES[type]} permissions</h2>
              ${visit.canary()}
              <input type="hidden" name="api" value="${resource.appId}" />
              <input type="hidden" name="type" value="${type}" />
              ${listPermissions(resource, type).map((permission) =>
                checkbox({
                  label: permission.value,
                  name: 'permission',
                  id: `permission-${permission.id}`,
                  value: permission.id,
                  checked: source.getAll('permission').includes(permission.id),
                  hint: html`${permission.title}${permission.adminOnly && ' (admin consent required)'}${
                    wanted.has(permission.id) && ' (already configured)'
                  }`,
                }),
              )}
              <div class="actions">
                <button class="primary" type="submit">Add permissions</button>
                <a href="${at(application)}">Discard</a>
              </div>
            </form>`
          }`,
      },
      fault === undefined ? 200 : 400,
    )
  }
}

/** The application with permissions added to those that it already requests of the API. */
function withPermissions(
  application: Application,
  resource: Resource,
  type: PermissionType,
  permissions: readonly Permission[],
): Application {
  const draft = structuredClone(application)
  let api = draft.requiredResourceAccess.find(({ resourceAppId }) => resourceAppId === resource.appId)
  if (!api) draft.requiredResourceAccess.push((api = { resourceAppId: resource.appId, resourceAccess: [] }))
  for (const { id } of permissions) {
    if (!api.resourceAccess.some((one) => one.id === id && one.type === type)) api.resourceAccess.push({ id, type })
  }
  return draft
}
