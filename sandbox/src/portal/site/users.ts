/** *Users* pages: accounts, passwords, multifactor authentication and sessions. */
import { randomBytes } from 'node:crypto'
import { html } from '../../kernel/html.ts'
import { checkbox, copyField, errorSummary, field } from '../../kernel/page-pieces.ts'
import type { User } from '../../tenants/index.ts'
import { buttonForm, type Draft, NO_DRAFT, table } from './pieces.ts'
import { type PageDeps, Refusal, requireAdministrator, requireMember, readUser, type Visit } from './visit.ts'

const MIN_PASSWORD_LENGTH = 8
const MAX_PASSWORD_LENGTH = 256

export function registerUsers({ get, post, directory, clock, settings }: PageDeps): void {
  const { people } = directory
  const at = ({ id }: User) => `/users/${id}`

  get('/users', (visit) => {
    requireMember(visit)
    const users = people.listUsers(visit.tenant.id)
    return visit.show({
      title: 'Users',
      part: 'users',
      body: table(
        `${users.length} users found`,
        [
          'Display name',
          'User principal name',
          'User type',
          'Account enabled',
          'Multifactor authentication',
          'Mailbox',
        ],
        users.map((user) => [
          html`<a href="${at(user)}">${user.displayName}</a>`,
          user.userPrincipalName,
          user.userType,
          user.accountEnabled ? 'Yes' : 'No',
          user.mfaSecret === undefined ? 'Not required' : 'Required',
          mailboxWord(user),
        ]),
        'This directory has no users.',
        { captioned: true },
      ),
    })
  })

  get('/users/:id', (visit) => {
    requireMember(visit)
    return show(visit, readUser(visit, directory), NO_DRAFT)
  })

  post('/users/:id/properties', (visit) => {
    const user = changedUser(visit)
    const { form } = visit
    const displayName = (form.get('displayName') ?? '').trim()
    const preferredLanguage = canonicalLanguage(form.get('preferredLanguage') ?? '')
    const accountEnabled = form.has('accountEnabled')
    const faults = {
      displayName:
        displayName === '' || displayName.length > 256 ? 'Enter a name of at most 256 characters.' : undefined,
      preferredLanguage: preferredLanguage === undefined ? 'Enter a language, such as en-US or de-DE.' : undefined,
      accountEnabled:
        user.id === visit.person.id && !accountEnabled ? "You can't disable your own account." : undefined,
    }
    if (preferredLanguage === undefined || Object.values(faults).some((fault) => fault !== undefined)) {
      return show(visit, user, { values: form, faults })
    }
    people.updateUser(user.id, { displayName, preferredLanguage, accountEnabled })
    return visit.goOn(at(user), `${displayName} is saved.`)
  })

  post('/users/:id/reset-password', (visit) => {
    const user = changedUser(visit)
    refuseGuest(user)
    const password = visit.form.get('password') ?? ''
    if (password.length < MIN_PASSWORD_LENGTH || password.length > MAX_PASSWORD_LENGTH) {
      const fault = `A password has ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters.`
      return show(visit, user, { values: new URLSearchParams(), faults: { password: fault } })
    }
    people.updateUser(user.id, { password, tokensValidFrom: clock.now().getTime() })
    return visit.goOn(
      at(user),
      `The password of ${user.displayName} is reset. All refresh tokens of this account are revoked.`,
    )
  })

  post('/users/:id/revoke-sessions', (visit) => {
    const user = changedUser(visit)
    people.updateUser(user.id, { tokensValidFrom: clock.now().getTime() })
    return visit.goOn(at(user), `All sessions and refresh tokens of ${user.displayName} are revoked.`)
  })

  post('/users/:id/multifactor-authentication', (visit) => {
    const user = changedUser(visit)
    refuseGuest(user)
    const required = visit.form.get('required') === 'true'
    const mfaSecret = required ? (user.mfaSecret ?? randomSecret()) : undefined
    people.updateUser(user.id, { mfaSecret })
    return visit.goOn(
      at(user),
      required
        ? `${user.displayName} must pass multifactor authentication from the next sign-in.`
        : `${user.displayName} signs in without multifactor authentication.`,
    )
  })

  function show(visit: Visit, user: User, { values, faults }: Draft) {
    const errors = Object.entries(faults).flatMap(([name, message]) => (message ? [{ field: name, message }] : []))
    const edited = values.has('displayName')
    return visit.show(
      {
        title: user.displayName,
        subtitle: user.userType === 'Guest' ? 'Guest: signs in with the account of another directory' : 'Member',
        part: 'users',
        body: html`${errorSummary(errors)}
          <div class="columns">
            <section class="card">
              <h2>Identity</h2>
              ${copyField({ label: 'User principal name', name: 'userPrincipalName', value: user.userPrincipalName })}
              ${copyField({ label: 'Object ID', name: 'objectId', value: user.id })}
              <dl>
                <dt>Email</dt>
                <dd>${user.mail ?? 'None'}</dd>
                <dt>Role</dt>
                <dd>${user.globalAdministrator ? 'Global Administrator' : 'None'}</dd>
                <dt>Multifactor authentication</dt>
                <dd>${user.mfaSecret === undefined ? 'Not required' : 'Required'}</dd>
                <dt>Mailbox</dt>
                <dd>${mailboxWord(user)}</dd>
              </dl>
            </section>
            <form method="post" action="${at(user)}/properties" class="card">
              <h2>Properties</h2>
              ${visit.canary()}
              ${field({
                label: 'Display name',
                name: 'displayName',
                value: values.get('displayName') ?? user.displayName,
                error: faults['displayName'],
                required: true,
              })}
              ${field({
                label: 'Preferred language',
                name: 'preferredLanguage',
                value: values.get('preferredLanguage') ?? user.preferredLanguage,
                error: faults['preferredLanguage'],
                hint: 'Determines the names of the mailbox folders.',
              })}
              ${checkbox({
                label: 'Account enabled',
                name: 'accountEnabled',
                checked: edited ? values.has('accountEnabled') : user.accountEnabled,
                hint:
                  faults['accountEnabled'] ??
                  'A disabled account cannot sign in (AADSTS50057). Shared mailboxes are disabled accounts.',
              })}
              ${visit.administrator && html`<div class="actions"><button class="primary" type="submit">Save</button></div>`}
            </form>
          </div>
          ${
            visit.administrator
              ? administratorActions(visit, user, faults)
              : html`<p class="hint">Only a Global Administrator can change users.</p>`
          }`,
      },
      errors.length > 0 ? 400 : 200,
    )
  }

  function administratorActions(visit: Visit, user: User, faults: Draft['faults']) {
    const isGuest = user.userType === 'Guest'
    const mfa = user.mfaSecret !== undefined
    return html`<div class="columns">
      ${
        !isGuest &&
        html`<form method="post" action="${at(user)}/reset-password" class="card">
          <h2>Reset password</h2>
          ${visit.canary()}
          <input type="text" autocomplete="username" value="${user.userPrincipalName}" readonly hidden />
          ${field({
            label: 'New password',
            name: 'password',
            type: 'password',
            autocomplete: 'new-password',
            error: faults['password'],
            hint: 'The reset revokes existing refresh tokens (AADSTS50173).',
          })}
          <div class="actions"><button type="submit">Reset password</button></div>
        </form>`
      }
      <section class="card">
        <h2>Sessions</h2>
        <p>Ends every session and refresh token of this account. Access tokens last until they expire.</p>
        ${buttonForm(visit, `${at(user)}/revoke-sessions`, 'Revoke sessions', { kind: 'danger' })}
      </section>
      ${
        !isGuest &&
        html`<section class="card">
          <h2>Multifactor authentication</h2>
          ${
            mfa
              ? html`<p>
                  Codes are shown on the <a href="${settings.named.controlPanel}/">control panel's authenticator</a>.
                </p>`
              : html`<p>The account signs in with its password only.</p>`
          }
          ${buttonForm(
            visit,
            `${at(user)}/multifactor-authentication`,
            mfa ? 'Stop requiring multifactor authentication' : 'Require multifactor authentication',
            { fields: { required: String(!mfa) }, kind: 'primary' },
          )}
        </section>`
      }
    </div>`
  }

  function changedUser(visit: Visit): User {
    const user = readUser(visit, directory)
    requireAdministrator(visit)
    return user
  }

  function mailboxWord({ id }: User): string {
    const kind = people.findMailbox(id)?.kind
    return kind === undefined ? 'None' : kind === 'shared' ? 'Shared mailbox' : 'User mailbox'
  }
}

function refuseGuest(user: User): void {
  if (user.userType === 'Guest') throw new Refusal(403, 'The home directory of a guest controls this setting.')
}

function canonicalLanguage(text: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(text.trim())[0]
  } catch {
    return undefined
  }
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** 160 random bits in base32 (RFC 4226 §4, R6). */
function randomSecret(): string {
  return [...randomBytes(32)].map((byte) => BASE32[byte % BASE32.length]).join('')
}
