/** *Branding & properties* page: the name shown to users at sign-in, and internal notes. */
import { html } from '../../kernel/html.ts'
import { errorSummary, field, textArea } from '../../kernel/page-pieces.ts'
import type { Application } from '../../tenants/index.ts'
import { changeApplication } from '../registration/application-changes.ts'
import { saveRegistration } from '../registration/registrations.ts'
import { mayManageApplication } from '../registration/who-may.ts'
import { type Draft, NO_DRAFT, registrationPath, readOnlyNotice, registrationFrame } from './pieces.ts'
import { type PageDeps, requireApplication, requireManagedApplication, type Visit } from './visit.ts'

export function registerBranding({ get, post, directory }: PageDeps): void {
  get('/app-registrations/:appId/branding', (visit) => show(visit, requireApplication(visit, directory), NO_DRAFT))

  post('/app-registrations/:appId/branding', (visit) => {
    const before = requireManagedApplication(visit, directory)
    const { form, tenant } = visit
    const { application, problems } = changeApplication(
      before,
      {
        displayName: form.get('displayName') ?? '',
        web: { homePageUrl: form.get('homePageUrl')?.trim() ?? '' },
        notes: form.get('notes')?.replaceAll('\r\n', '\n') ?? '',
      },
      { directory, tenant, source: 'manifest' },
    )
    if (problems.length > 0) {
      const faultOf = (property: string) => problems.find((problem) => problem.property === property)?.message
      const faults = {
        displayName: faultOf('displayName'),
        homePageUrl: faultOf('web.homePageUrl'),
        notes: faultOf('notes'),
      }
      return show(visit, before, { values: form, faults }, problems)
    }
    saveRegistration(directory, tenant.id, application)
    return visit.goOn(`${registrationPath(application)}/branding`, 'Branding and properties are saved.')
  })

  function show(
    visit: Visit,
    application: Application,
    { values, faults }: Draft,
    problems: readonly { message: string }[] = [],
  ) {
    const manages = mayManageApplication(directory, visit.person, application)
    return visit.show(
      {
        ...registrationFrame(application, 'Branding & properties'),
        body: html`${errorSummary(problems)} ${!manages && readOnlyNotice()}
          <form method="post" action="${registrationPath(application)}/branding" class="card">
            ${visit.canary()}
            ${field({
              label: 'Name',
              name: 'displayName',
              value: values.get('displayName') ?? application.displayName,
              error: faults['displayName'],
              hint: 'Users see this name when they sign in. Several applications can have the same name.',
              required: true,
            })}
            ${field({
              label: 'Home page URL',
              name: 'homePageUrl',
              value: values.get('homePageUrl') ?? application.web.homePageUrl ?? '',
              error: faults['homePageUrl'],
            })}
            ${textArea({
              label: 'Internal note',
              name: 'notes',
              rows: 4,
              value: values.get('notes') ?? application.notes ?? '',
              error: faults['notes'],
              hint: 'Notes for admins of this application; at most 1024 characters.',
            })}
            ${manages && html`<div class="actions"><button class="primary" type="submit">Save</button></div>`}
          </form>`,
      },
      problems.length > 0 ? 400 : 200,
    )
  }
}
