/** *Manifest* page: the whole registration as JSON, in Microsoft Graph's format, for viewing and editing. */
import { html } from '../../kernel/html.ts'
import { errorSummary, textArea } from '../../kernel/page-pieces.ts'
import type { Application } from '../../tenants/index.ts'
import { changeApplication } from '../registration/application-changes.ts'
import { isObject, type Problem } from '../registration/json-reader.ts'
import { saveRegistration } from '../registration/registrations.ts'
import { mayManageApplication } from '../registration/who-may.ts'
import { registrationPath, readOnlyNotice, registrationFrame } from './pieces.ts'
import { type PageDeps, requireApplication, requireManagedApplication, type Visit } from './visit.ts'

const FIELD = 'manifest'

export function registerManifest({ get, post, directory }: PageDeps): void {
  get('/app-registrations/:appId/manifest', (visit) => {
    const application = requireApplication(visit, directory)
    return show(visit, application, manifestOf(application), [])
  })

  post('/app-registrations/:appId/manifest', (visit) => {
    const before = requireManagedApplication(visit, directory)
    const text = visit.form.get(FIELD) ?? ''
    const changes = readJson(text)
    if (!isObject(changes)) {
      const message = 'The manifest is not a JSON object. Look for a missing comma, quote or bracket.'
      return show(visit, before, text, [{ property: FIELD, message }])
    }
    const { application, problems } = changeApplication(before, changes, {
      directory,
      tenant: visit.tenant,
      source: 'manifest',
    })
    if (problems.length > 0) return show(visit, before, text, problems)
    saveRegistration(directory, visit.tenant.id, application)
    return visit.goOn(`${registrationPath(application)}/manifest`, 'The manifest is saved.')
  })

  function show(visit: Visit, application: Application, text: string, problems: readonly Problem[]) {
    const manages = mayManageApplication(directory, visit.person, application)
    return visit.show(
      {
        ...registrationFrame(application, 'Manifest'),
        body: html`${errorSummary(problems.map(({ message }) => ({ field: FIELD, message })))}
          ${!manages && readOnlyNotice()}
          <p class="hint">
            The JSON representation of the application (Microsoft Graph app manifest). http://127.0.0.1 and wildcards in
            redirect URIs can be registered only here. Secrets cannot be added here.
          </p>
          <form method="post" action="${registrationPath(application)}/manifest">
            ${visit.canary()} ${textArea({ label: 'Manifest', name: FIELD, value: text, rows: 30 })}
            ${manages && html`<div class="actions"><button class="primary" type="submit">Save</button></div>`}
          </form>`,
      },
      problems.length > 0 ? 400 : 200,
    )
  }
}

function manifestOf(application: Application): string {
  return JSON.stringify(application, null, 2)
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
