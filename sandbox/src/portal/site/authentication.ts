/** *Authentication* page: redirect URIs per platform, supported account types, public client flows. */
import { html } from '../../kernel/html.ts'
import { checkbox, errorSummary, field, radioGroup, select } from '../../kernel/page-pieces.ts'
import type { Application } from '../../tenants/index.ts'
import { SIGN_IN_AUDIENCES } from '../registration/application-changes.ts'
import { findProblems } from '../registration/application-rules.ts'
import {
  clashingRedirectUri,
  faultOfRedirectUri,
  maxRedirectUris,
  PLATFORM_NAMES,
  PLATFORMS,
} from '../registration/redirect-uris.ts'
import { supportedAccountTypes } from '../registration/supported-account-types.ts'
import { mayManageApplication } from '../registration/who-may.ts'
import { tokenVersionFor } from './app-registrations.ts'
import { buttonForm, type Draft, NO_DRAFT, registrationPath, readOnlyNotice, registrationFrame } from './pieces.ts'
import { type PageDeps, requireApplication, requireManagedApplication, type Visit } from './visit.ts'

export function registerAuthentication({ get, post, directory }: PageDeps): void {
  const { applications } = directory
  const at = (application: Application) => `${registrationPath(application)}/authentication`

  get('/app-registrations/:appId/authentication', (visit) =>
    show(visit, requireApplication(visit, directory), NO_DRAFT),
  )

  post('/app-registrations/:appId/authentication/redirect-uris', (visit) => {
    const application = requireManagedApplication(visit, directory)
    const platform = PLATFORMS.find((one) => one === visit.form.get('platform'))
    const uri = (visit.form.get('redirectUri') ?? '').trim()
    if (!platform) return show(visit, application, refused(visit, 'platform', 'Select a platform.'))
    const fault =
      faultOfRedirectUri(uri, platform, application.signInAudience, 'text-box') ?? faultBesideOthers(application, uri)
    if (fault !== undefined) return show(visit, application, refused(visit, 'redirectUri', fault))

    application[platform].redirectUris.push(uri)
    applications.save(application)
    return visit.goOn(at(application), `${uri} is added to ${PLATFORM_NAMES[platform]}.`)
  })

  post('/app-registrations/:appId/authentication/redirect-uris/delete', (visit) => {
    const application = requireManagedApplication(visit, directory)
    const uri = visit.form.get('uri') ?? ''
    const platform = PLATFORMS.find((one) => one === visit.form.get('platform'))
    if (platform) {
      application[platform].redirectUris = application[platform].redirectUris.filter((one) => one !== uri)
      applications.save(application)
    }
    return visit.goOn(at(application), `${uri} is deleted.`)
  })

  post('/app-registrations/:appId/authentication/supported-accounts', (visit) => {
    const before = requireManagedApplication(visit, directory)
    const audience = SIGN_IN_AUDIENCES.find((one) => one === visit.form.get('signInAudience')) ?? before.signInAudience
    const version = tokenVersionFor(audience) ?? before.api.requestedAccessTokenVersion
    const application = { ...before, signInAudience: audience, api: { requestedAccessTokenVersion: version } }
    const problems = findProblems(application, 'object')
    if (problems[0]) return show(visit, before, refused(visit, 'signInAudience', problems[0].message))
    applications.save(application)
    return visit.goOn(at(application), 'Supported account types are saved.')
  })

  post('/app-registrations/:appId/authentication/settings', (visit) => {
    const before = requireManagedApplication(visit, directory)
    const application = structuredClone(before)
    const { form } = visit
    application.isFallbackPublicClient = form.has('isFallbackPublicClient')
    application.web.implicitGrantSettings = {
      enableAccessTokenIssuance: form.has('enableAccessTokenIssuance'),
      enableIdTokenIssuance: form.has('enableIdTokenIssuance'),
    }
    application.web.logoutUrl = form.get('logoutUrl')?.trim() || null
    const fault = findProblems(application, 'object').find(({ property }) => property === 'web.logoutUrl')?.message
    if (fault !== undefined) return show(visit, before, refused(visit, 'logoutUrl', fault))
    applications.save(application)
    return visit.goOn(at(application), 'Authentication settings are saved.')
  })

  function show(visit: Visit, application: Application, draft: Draft) {
    const manages = mayManageApplication(directory, visit.person, application)
    const errors = Object.entries(draft.faults).flatMap(([name, message]) =>
      message ? [{ field: name, message }] : [],
    )
    return visit.show(
      {
        ...registrationFrame(application, 'Authentication'),
        body: html`${errorSummary(errors)} ${!manages && readOnlyNotice()}
          <h2>Platform configurations</h2>
          <p class="hint">
            Redirect URIs that we accept as destinations when returning authentication responses. Each begins with
            https://, or with http://localhost.
          </p>
          ${PLATFORMS.map((platform) => platformCard(visit, application, platform, manages))}
          ${manages && addPlatform(visit, application, draft)} ${supportedAccounts(visit, application, draft, manages)}
          ${settings(visit, application, draft, manages)}`,
      },
      errors.length > 0 ? 400 : 200,
    )
  }

  function platformCard(
    visit: Visit,
    application: Application,
    platform: (typeof PLATFORMS)[number],
    manages: boolean,
  ) {
    const { redirectUris } = application[platform]
    if (redirectUris.length === 0) return undefined
    return html`<section class="card">
      <h3>${PLATFORM_NAMES[platform]}</h3>
      <ul class="plain">
        ${redirectUris.map(
          (uri) =>
            html`<li class="line">
              <code>${uri}</code>
              ${
                manages &&
                buttonForm(visit, `${at(application)}/redirect-uris/delete`, 'Delete', {
                  fields: { platform, uri },
                  describe: uri,
                })
              }
            </li>`,
        )}
      </ul>
    </section>`
  }

  function addPlatform(visit: Visit, application: Application, { values, faults }: Draft) {
    return html`<form method="post" action="${at(application)}/redirect-uris" class="card">
      <h3>Add a platform</h3>
      <p class="hint">You can also add another redirect URI to a platform above.</p>
      ${visit.canary()}
      ${select({
        label: 'Platform',
        name: 'platform',
        value: values.get('platform') ?? 'web',
        error: faults['platform'],
        choices: PLATFORMS.map((value) => ({ value, label: PLATFORM_NAMES[value] })),
      })}
      ${field({
        label: 'Redirect URI',
        name: 'redirectUri',
        value: values.get('redirectUri') ?? '',
        error: faults['redirectUri'],
        hint: 'e.g. https://contoso.example/auth',
      })}
      <div class="actions"><button class="primary" type="submit">Configure</button></div>
    </form>`
  }

  function supportedAccounts(visit: Visit, application: Application, { values, faults }: Draft, manages: boolean) {
    const choices = supportedAccountTypes(visit.tenant.displayName).map(({ audience, label, formerly }) => ({
      value: audience,
      label,
      hint: `Formerly: ${formerly}`,
    }))
    const fault = faults['signInAudience']
    return html`<h2 id="signInAudience">Supported account types</h2>
      <form method="post" action="${at(application)}/supported-accounts" class="card">
        ${visit.canary()} ${fault !== undefined && html`<p class="fault">${fault}</p>`}
        ${radioGroup(
          'Who can use this application or access this API?',
          'signInAudience',
          choices,
          values.get('signInAudience') ?? application.signInAudience,
        )}
        ${manages && html`<div class="actions"><button type="submit">Save account types</button></div>`}
      </form>`
  }

  function settings(visit: Visit, application: Application, { values, faults }: Draft, manages: boolean) {
    const { web } = application
    return html`<h2>Settings</h2>
      <form method="post" action="${at(application)}/settings" class="card">
        ${visit.canary()}
        ${field({
          label: 'Front-channel logout URL',
          name: 'logoutUrl',
          value: values.get('logoutUrl') ?? web.logoutUrl ?? '',
          error: faults['logoutUrl'],
          hint: 'e.g. https://contoso.example/logout',
        })}
        <fieldset>
          <legend>Implicit grant and hybrid flows: tokens to be issued by the authorization endpoint</legend>
          ${checkbox({
            label: 'Access tokens (used for implicit flows)',
            name: 'enableAccessTokenIssuance',
            checked: web.implicitGrantSettings.enableAccessTokenIssuance,
          })}
          ${checkbox({
            label: 'ID tokens (used for implicit and hybrid flows)',
            name: 'enableIdTokenIssuance',
            checked: web.implicitGrantSettings.enableIdTokenIssuance,
          })}
        </fieldset>
        <fieldset>
          <legend>Allow public client flows</legend>
          ${checkbox({
            label: 'Enable the following mobile and desktop flows',
            name: 'isFallbackPublicClient',
            checked: application.isFallbackPublicClient,
            hint: 'Device code and similar flows, in which the application cannot keep a secret.',
          })}
        </fieldset>
        ${manages && html`<div class="actions"><button type="submit">Save settings</button></div>`}
      </form>`
  }
}

function refused({ form }: Visit, name: string, fault: string): Draft {
  return { values: form, faults: { [name]: fault } }
}

function faultBesideOthers(application: Application, uri: string): string | undefined {
  const clash = clashingRedirectUri(application, uri, 'text-box')
  if (clash?.reason === 'same') return `${uri} is already registered for ${PLATFORM_NAMES[clash.platform]}.`
  if (clash) return `Sign-in ignores the port of localhost, so this is the same as ${clash.uri}. Use another path.`
  const count = PLATFORMS.reduce((sum, platform) => sum + application[platform].redirectUris.length, 0)
  const max = maxRedirectUris(application.signInAudience)
  return count >= max ? `An application of this kind has at most ${max} redirect URIs.` : undefined
}
