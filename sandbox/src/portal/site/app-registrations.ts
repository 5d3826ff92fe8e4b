/** Pages for app registrations: the list, *New registration*, the overview, and deletion. */
import { html } from '../../kernel/html.ts'
import { copyField, errorSummary, field, radioGroup, select } from '../../kernel/page-pieces.ts'
import { type Application, blankApplication, GRAPH, type SignInAudience } from '../../tenants/index.ts'
import { findProblems } from '../registration/application-rules.ts'
import { SIGN_IN_AUDIENCES } from '../registration/application-changes.ts'
import { faultOfRedirectUri, type Platform, PLATFORM_NAMES, PLATFORMS } from '../registration/redirect-uris.ts'
import { addRegistration, removeRegistration } from '../registration/registrations.ts'
import { supportedAccountType, supportedAccountTypes } from '../registration/supported-account-types.ts'
import { mayManageApplication, mayRegisterApplications } from '../registration/who-may.ts'
import { buttonForm, day, type Draft, NO_DRAFT, registrationPath, registrationFrame, table } from './pieces.ts'
import { type PageDeps, requireApplication, requireManagedApplication, Refusal, type Visit } from './visit.ts'

export function registerAppRegistrations({ get, post, directory, clock }: PageDeps): void {
  const { applications, consents } = directory

  get('/app-registrations', (visit) => {
    const all = applications.list(visit.tenant.id)
    const search = visit.query.get('search')?.trim() ?? ''
    const mine = visit.query.get('view') === 'owned'
    const shown = all
      .filter((one) => !mine || applications.ownersOf(one.id).includes(visit.person.id))
      .filter((one) => one.appId === search || one.displayName.toLowerCase().startsWith(search.toLowerCase()))
    return visit.show({
      title: 'App registrations',
      part: 'app-registrations',
      body: html`<div class="actions">
          <a class="button primary" href="/app-registrations/new">New registration</a>
          <a href="/app-registrations" ${!mine && html`aria-current="page"`}>All applications</a>
          <a href="/app-registrations?view=owned" ${mine && html`aria-current="page"`}>Owned applications</a>
        </div>
        <form method="get" action="/app-registrations" role="search">
          ${mine && html`<input type="hidden" name="view" value="owned" />`}
          ${field({
            label: 'Start typing a display name or Application (client) ID to filter these results',
            name: 'search',
            type: 'search',
            value: search,
          })}
          <div class="actions"><button type="submit">Filter</button></div>
        </form>
        ${table(
          `${shown.length} ${shown.length === 1 ? 'application' : 'applications'} found`,
          ['Display name', 'Application (client) ID', 'Created on', 'Certificates & secrets'],
          shown.map((one) => [
            html`<a href="${registrationPath(one)}">${one.displayName}</a>`,
            html`<code>${one.appId}</code>`,
            day(one.createdDateTime),
            credentialState(one, clock.now()),
          ]),
          search === '' && !mine
            ? html`No application is registered in ${visit.tenant.displayName} yet.
                <a href="/app-registrations/new">New registration</a>`
            : 'No matching applications.',
          { captioned: true },
        )}`,
    })
  })

  get('/app-registrations/new', (visit) => showNew(visit, NO_DRAFT))

  post('/app-registrations/new', (visit) => {
    if (!mayRegisterApplications(visit.person)) throw new Refusal(403, 'Guests cannot register applications.')
    const { form, tenant, person } = visit
    const audience = SIGN_IN_AUDIENCES.find((one) => one === form.get('signInAudience')) ?? 'AzureADMyOrg'
    const application = { ...blankApplication(clock), displayName: (form.get('displayName') ?? '').trim() }
    application.signInAudience = audience
    application.api.requestedAccessTokenVersion = tokenVersionFor(audience)
    const uri = (form.get('redirectUri') ?? '').trim()
    const platform = PLATFORMS.find((one) => one === form.get('platform'))
    if (uri !== '' && platform) application[platform].redirectUris.push(uri)
    // The portal adds this permission by default, because sign-in requires it.
    application.requiredResourceAccess = [
      { resourceAppId: GRAPH.appId, resourceAccess: [{ id: USER_READ, type: 'Scope' }] },
    ]

    const faults = {
      displayName: findProblems(application, 'text-box').find(({ property }) => property === 'displayName')?.message,
      redirectUri:
        uri === ''
          ? undefined
          : platform
            ? faultOfRedirectUri(uri, platform, audience, 'text-box')
            : 'Select a platform for the redirect URI.',
    }
    if (faults.displayName ?? faults.redirectUri) return showNew(visit, { values: form, faults })

    const added = addRegistration(directory, tenant.id, application, person.id)
    consents.addServicePrincipal(tenant.id, added)
    return visit.goOn(registrationPath(added), `The application ${added.displayName} is registered.`)
  })

  get('/app-registrations/:appId', (visit) => {
    const application = requireApplication(visit, directory)
    const path = registrationPath(application)
    const accounts = supportedAccountType(application.signInAudience, visit.tenant.displayName)
    const uris = PLATFORMS.map((platform) => `${application[platform].redirectUris.length} ${PLATFORM_WORDS[platform]}`)
    const principal = consents.findServicePrincipal(visit.tenant.id, application.appId)
    const manages = mayManageApplication(directory, visit.person, application)
    return visit.show({
      ...registrationFrame(application, 'Overview'),
      body: html`<div class="columns">
        <section class="card" aria-label="Essentials">
          <h2>Essentials</h2>
          ${copyField({ label: 'Display name', name: 'displayName', value: application.displayName })}
          ${copyField({ label: 'Application (client) ID', name: 'appId', value: application.appId })}
          ${copyField({ label: 'Object ID', name: 'objectId', value: application.id })}
          ${copyField({ label: 'Directory (tenant) ID', name: 'tenantId', value: visit.tenant.id })}
        </section>
        <section class="card" aria-label="Settings">
          <h2>Settings</h2>
          <dl>
            <dt>Supported account types</dt>
            <dd>
              <a href="${path}/authentication">${accounts.label}</a>
              <p class="hint">Formerly: ${accounts.formerly}</p>
            </dd>
            <dt>Client credentials</dt>
            <dd><a href="${path}/credentials">${credentialState(application, clock.now())}</a></dd>
            <dt>Redirect URIs</dt>
            <dd><a href="${path}/authentication">${uris.join(', ')}</a></dd>
            <dt>Managed application in local directory</dt>
            <dd>
              ${
                principal
                  ? html`<a href="/enterprise-applications/${principal.id}">${principal.displayName}</a>`
                  : 'None. The first consent creates it.'
              }
            </dd>
            <dt>Created on</dt>
            <dd>${day(application.createdDateTime)}</dd>
          </dl>
          ${manages && html`<p><a href="${path}/delete">Delete</a></p>`}
        </section>
      </div>`,
    })
  })

  get('/app-registrations/:appId/delete', (visit) => {
    const application = requireManagedApplication(visit, directory)
    return visit.show({
      ...registrationFrame(application, 'Overview'),
      title: `Delete ${application.displayName}?`,
      body: html`<p>
          This deletes the registration, its secrets, certificates and redirect URIs, and all grants of
          ${visit.tenant.displayName} to it. Programs with this client ID can no longer sign in. Mail and users are not
          affected.
        </p>
        <div class="actions">
          ${buttonForm(visit, `${registrationPath(application)}/delete`, 'Delete', { kind: 'danger' })}
          <a href="${registrationPath(application)}">Cancel</a>
        </div>`,
    })
  })

  post('/app-registrations/:appId/delete', (visit) => {
    const application = requireManagedApplication(visit, directory)
    removeRegistration(directory, visit.tenant.id, application)
    return visit.goOn('/app-registrations', `The application ${application.displayName} is deleted.`)
  })

  function showNew(visit: Visit, { values, faults }: Draft) {
    if (!mayRegisterApplications(visit.person)) throw new Refusal(403, 'Guests cannot register applications.')
    const errors = Object.entries(faults).flatMap(([name, message]) => (message ? [{ field: name, message }] : []))
    const choices = supportedAccountTypes(visit.tenant.displayName).map(
      ({ audience, label, formerly, explanation }) => ({
        value: audience,
        label,
        hint: html`${explanation}<br />Formerly: ${formerly}`,
      }),
    )
    return visit.show(
      {
        title: 'Register an application',
        part: 'app-registrations',
        body: html`${errorSummary(errors)}
          <form method="post" action="/app-registrations/new" class="card">
            ${visit.canary()}
            ${field({
              label: 'Name',
              name: 'displayName',
              value: values.get('displayName') ?? '',
              hint: 'The user-facing display name for this application (this can be changed later).',
              error: faults['displayName'],
              required: true,
            })}
            ${radioGroup(
              'Supported account types: who can use this application or access this API?',
              'signInAudience',
              choices,
              values.get('signInAudience') ?? 'AzureADMyOrg',
            )}
            <h2>Redirect URI (optional)</h2>
            <p class="hint">
              We'll return the authentication response to this URI after successfully authenticating the user. It can be
              changed later, but a value is required for most authentication scenarios.
            </p>
            ${select({
              label: 'Select a platform',
              name: 'platform',
              value: values.get('platform') ?? '',
              choices: [
                { value: '', label: 'Select a platform' },
                ...PLATFORMS.map((value) => ({ value, label: PLATFORM_CHOICES[value] })),
              ],
            })}
            ${field({
              label: 'Redirect URI',
              name: 'redirectUri',
              value: values.get('redirectUri') ?? '',
              hint: 'e.g. https://contoso.example/auth',
              error: faults['redirectUri'],
            })}
            <div class="actions">
              <button class="primary" type="submit">Register</button>
              <a href="/app-registrations">Cancel</a>
            </div>
          </form>`,
      },
      errors.length > 0 ? 400 : 200,
    )
  }
}

const USER_READ = GRAPH.delegated.find(({ value }) => value === 'User.Read')!.id

const PLATFORM_WORDS: Record<Platform, string> = { web: 'web', spa: 'spa', publicClient: 'public client' }

const PLATFORM_CHOICES: Record<Platform, string> = {
  web: PLATFORM_NAMES.web,
  spa: `${PLATFORM_NAMES.spa} (SPA)`,
  publicClient: 'Public client/native (mobile & desktop)',
}

/** Access token version. Applications for personal accounts require version 2, which the portal sets. */
export function tokenVersionFor(audience: SignInAudience): number | null {
  return audience === 'AzureADMyOrg' || audience === 'AzureADMultipleOrgs' ? null : 2
}

/** Status of the credentials in the portal's words, by the earliest expiry date. */
function credentialState({ keyCredentials, passwordCredentials }: Application, now: Date): string {
  const ends = [...keyCredentials, ...passwordCredentials].map(({ endDateTime }) => Date.parse(endDateTime))
  if (ends.length === 0) return 'None'
  const counts = `${keyCredentials.length} certificate, ${passwordCredentials.length} secret`
  const soonest = Math.min(...ends)
  if (soonest <= now.getTime()) return `Expired (${counts})`
  return soonest - now.getTime() < 30 * 24 * 60 * 60 * 1000 ? `Expiring soon (${counts})` : `Current (${counts})`
}
