/**
 * *Mailboxes* pages: permissions to open mailboxes and to send from them. At Microsoft this is the Exchange admin
 * center.
 *
 * @see https://learn.microsoft.com/exchange/recipients-in-exchange-online/manage-permissions-for-recipients
 */
import { html } from '../../kernel/html.ts'
import { checkbox, select } from '../../kernel/page-pieces.ts'
import { APPLICATION_ROLES, type ApplicationRole, type MailboxRight, type User } from '../../tenants/index.ts'
import { findResource } from '../registration/admin-consent.ts'
import { buttonForm, table } from './pieces.ts'
import { mailboxSmtpAuth, organizationSmtpAuth, registerSmtpAuth } from './smtp-auth.ts'
import { type PageDeps, Refusal, requireAdministrator, readUser, type Visit } from './visit.ts'

const RIGHTS: readonly { right: MailboxRight; label: string; explanation: string }[] = [
  {
    right: 'FullAccess',
    label: 'Full Access',
    explanation:
      'Allows opening the mailbox, and reading and changing all its content. Does not allow sending from it.',
  },
  { right: 'SendAs', label: 'Send As', explanation: 'Allows sending mail that appears to come from this mailbox.' },
  {
    right: 'SendOnBehalf',
    label: 'Send on Behalf',
    explanation: 'Allows sending mail on behalf of this mailbox. Recipients see both names.',
  },
]

/** Roles for a program that reads and answers mail. */
const USUAL_ROLES: readonly ApplicationRole[] = ['Application Mail.ReadWrite', 'Application Mail.Send']

export function registerMailboxes(deps: PageDeps): void {
  const { get, post, directory } = deps
  const { people, applications, consents } = directory
  registerSmtpAuth(deps)
  const at = ({ id }: User) => `/mailboxes/${id}`

  get('/mailboxes', (visit) => {
    requireAdministrator(visit)
    const mailboxes = people
      .listMailboxes()
      .map((mailbox) => ({ ...mailbox, user: people.getUser(mailbox.userId) }))
      .filter(({ user }) => user.tenantId === visit.tenant.id)
    return visit.show({
      title: 'Mailboxes',
      subtitle: 'At Microsoft: Exchange admin center, Recipients, Mailboxes',
      part: 'mailboxes',
      body: html`${organizationSmtpAuth(visit, directory)}
      ${table(
        `${mailboxes.length} mailboxes`,
        ['Display name', 'Email address', 'Recipient type', 'Delegation'],
        mailboxes.map(({ user, kind }) => [
          html`<a href="${at(user)}">${user.displayName}</a>`,
          user.mail,
          kind === 'shared' ? 'SharedMailbox' : 'UserMailbox',
          summary(user),
        ]),
        'This organization has no mailboxes.',
        { captioned: true },
      )}`,
    })
  })

  get('/mailboxes/:id', (visit) => {
    const user = mailboxOf(visit)
    return visit.show({
      title: user.displayName,
      subtitle: user.mail,
      part: 'mailboxes',
      body: html`<div class="columns">
        ${RIGHTS.map(({ right, label, explanation }) => rightCard(visit, user, right, label, explanation))}
        ${applicationsCard(visit, user)} ${mailboxSmtpAuth(visit, user, directory)}
      </div>`,
    })
  })

  post('/mailboxes/:id/rights/add', (visit) => {
    const user = mailboxOf(visit)
    const { right, label } = rightIn(visit)
    const trustee = people.findUser(visit.form.get('trusteeId') ?? '')
    if (trustee?.tenantId !== visit.tenant.id || trustee.id === user.id) {
      throw new Refusal(404, 'This directory has no other user with that Object ID.')
    }
    people.grantRight(user.id, trustee.id, right)
    return visit.goOn(at(user), `${trustee.displayName} has ${label} on ${user.displayName}.`)
  })

  post('/mailboxes/:id/rights/remove', (visit) => {
    const user = mailboxOf(visit)
    const { right, label } = rightIn(visit)
    people.revokeRight(user.id, visit.form.get('trusteeId') ?? '', right)
    return visit.goOn(at(user), `${label} on ${user.displayName} is removed.`)
  })

  function mailboxOf(visit: Visit): User {
    const user = readUser(visit, directory)
    requireAdministrator(visit)
    if (!people.findMailbox(user.id)) throw new Refusal(404, 'This user has no mailbox.')
    return user
  }

  function rightCard(visit: Visit, user: User, right: MailboxRight, label: string, explanation: string) {
    const trustees = people.listRights(user.id).filter((one) => one.right === right)
    const others = people
      .listUsers(visit.tenant.id)
      .filter(({ id, userType }) => id !== user.id && userType === 'Member')
      .filter(({ id }) => !trustees.some(({ trusteeId }) => trusteeId === id))
    return html`<section class="card">
      <h2>${label}</h2>
      <p class="hint">${explanation}</p>
      ${
        trustees.length === 0
          ? html`<p>None.</p>`
          : html`<ul class="plain">
              ${trustees.map(
                ({ trusteeId }) =>
                  html`<li class="line">
                    ${nameOf(trusteeId)}
                    ${buttonForm(visit, `${at(user)}/rights/remove`, 'Remove', {
                      fields: { right, trusteeId },
                      describe: `${label} of ${nameOf(trusteeId)}`,
                    })}
                  </li>`,
              )}
            </ul>`
      }
      ${
        others.length > 0 &&
        html`<form method="post" action="${at(user)}/rights/add">
          ${visit.canary()}
          <input type="hidden" name="right" value="${right}" />
          ${select({
            label: `Add members to ${label}`,
            name: 'trusteeId',
            id: `trustee-${right}`,
            choices: others.map(({ id, displayName }) => ({ value: id, label: displayName })),
          })}
          <div class="actions"><button type="submit">Add ${label}</button></div>
        </form>`
      }
    </section>`
  }

  post('/mailboxes/:id/applications/add', (visit) => {
    const user = mailboxOf(visit)
    const { appId, displayName } = applicationIn(visit)
    const roles = APPLICATION_ROLES.filter((role) => visit.form.getAll('role').includes(role))
    if (roles.length === 0) return visit.goOn(at(user), 'Choose at least one role. Nothing was changed.')
    people.letApplicationIn(user.id, appId, roles)
    return visit.goOn(at(user), `${displayName} has access to ${user.displayName}: ${roles.join(', ')}.`)
  })

  post('/mailboxes/:id/applications/remove', (visit) => {
    const user = mailboxOf(visit)
    const { appId, displayName } = applicationIn(visit)
    people.shutApplicationOut(user.id, appId)
    return visit.goOn(at(user), `${displayName} no longer has access to ${user.displayName}.`)
  })

  function applicationsCard(visit: Visit, user: User) {
    const admitted = people.listApplications(user.id)
    const present = applicationsPresent(visit)
    return html`<section class="card">
      <h2>Applications</h2>
      <p class="hint">
        Applications with access to this mailbox by RBAC for Applications, in addition to admin consent for the whole
        organization. At Microsoft, an admin runs New-ManagementScope and New-ManagementRoleAssignment in Exchange
        Online PowerShell. This form has the same effect for one mailbox.
      </p>
      ${
        admitted.length === 0
          ? html`<p>None.</p>`
          : html`<ul class="plain">
              ${[...new Set(admitted.map(({ appId }) => appId))].map((appId) => admittedLine(visit, user, appId))}
            </ul>`
      }
      ${
        present.length === 0
          ? html`<p>This directory has no applications yet. Register one first.</p>`
          : html`<form method="post" action="${at(user)}/applications/add">
              ${visit.canary()}
              ${select({
                label: 'Application',
                name: 'appId',
                choices: present.map(({ appId, displayName }) => ({ value: appId, label: displayName })),
              })}
              <fieldset>
                <legend>Roles</legend>
                ${APPLICATION_ROLES.map((role, n) => checkbox({ label: role, name: 'role', id: `role-${n}`, value: role, checked: USUAL_ROLES.includes(role) }))}
              </fieldset>
              <div class="actions"><button type="submit">Grant access</button></div>
            </form>`
      }
    </section>`
  }

  function admittedLine(visit: Visit, user: User, appId: string) {
    const name = applications.findByAppId(appId)?.displayName ?? appId
    return html`<li class="line">
      ${name}: ${people.applicationRoles(user.id, appId).join(', ')}
      ${buttonForm(visit, `${at(user)}/applications/remove`, 'Remove application', { fields: { appId }, describe: name })}
    </li>`
  }

  /** Applications that can get access: present in this directory, without Microsoft's own. */
  function applicationsPresent(visit: Visit) {
    return consents.listServicePrincipals(visit.tenant.id).filter(({ appId }) => findResource(appId) === undefined)
  }

  function applicationIn(visit: Visit) {
    const found = applicationsPresent(visit).find(({ appId }) => appId === visit.form.get('appId'))
    if (!found) throw new Refusal(404, 'This directory has no such application.')
    return found
  }

  function summary(user: User): string {
    const rights = people.listRights(user.id)
    return (
      RIGHTS.flatMap(({ right, label }) => {
        const names = rights.filter((one) => one.right === right).map(({ trusteeId }) => nameOf(trusteeId))
        return names.length > 0 ? [`${label}: ${names.join(', ')}`] : []
      }).join('; ') || 'None'
    )
  }

  function nameOf(id: string): string {
    return people.findUser(id)?.displayName ?? id
  }
}

function rightIn(visit: Visit) {
  const found = RIGHTS.find(({ right }) => right === visit.form.get('right'))
  if (!found) throw new Refusal(404, 'This permission does not exist.')
  return found
}
