/**
 * *SMTP AUTH* settings of the organization and of a mailbox, and Sent copies for mail that others send as it. At
 * Microsoft these are the settings for mail flow and the email apps of a mailbox in the Exchange admin center, or
 * PowerShell.
 *
 * @see https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
 */
import { html, type Html } from '../../kernel/html.ts'
import type { Directory, User } from '../../tenants/index.ts'
import { buttonForm } from './pieces.ts'
import { type PageDeps, Refusal, requireAdministrator, readUser, type Visit } from './visit.ts'

export function registerSmtpAuth({ post, directory }: PageDeps): void {
  const { people } = directory

  post('/mailboxes/smtp-auth', (visit) => {
    requireAdministrator(visit)
    const isDisabled = visit.form.get('smtpAuth') === 'off'
    people.setTenantSmtpAuth(visit.tenant.id, isDisabled)
    return visit.goOn('/mailboxes', `SMTP AUTH is ${isDisabled ? 'off' : 'on'} for your organization.`)
  })

  post('/mailboxes/:id/smtp-auth', (visit) => {
    const user = mailboxOf(visit, directory)
    const chosen = visit.form.get('smtpAuth') ?? ''
    if (!['on', 'off', 'default'].includes(chosen)) throw new Refusal(404, 'This setting does not exist.')
    people.setMailboxSmtpAuth(user.id, chosen === 'default' ? undefined : chosen === 'off')
    return visit.goOn(`/mailboxes/${user.id}`, `SMTP AUTH of ${user.displayName}: ${chosen}.`)
  })

  post('/mailboxes/:id/sent-as-copies', (visit) => {
    const user = mailboxOf(visit, directory)
    const isEnabled = visit.form.get('copies') === 'on'
    people.setCopyForSentAs(user.id, isEnabled)
    return visit.goOn(
      `/mailboxes/${user.id}`,
      `Copies of messages sent as ${user.displayName}: ${isEnabled ? 'on' : 'off'}.`,
    )
  })
}

function mailboxOf(visit: Visit, directory: Directory): User {
  const user = readUser(visit, directory)
  requireAdministrator(visit)
  if (!directory.people.findMailbox(user.id)) throw new Refusal(404, 'This user has no mailbox.')
  return user
}

/** Setting for the whole organization; the setting of a mailbox takes precedence. */
export function organizationSmtpAuth(visit: Visit, { people }: Directory): Html {
  const isOff = people.isSmtpAuthDisabled(visit.tenant.id) === true
  return html`<section class="card">
    <h2>SMTP AUTH</h2>
    <p class="hint">
      Allows programs to send by SMTP, also with OAuth. Microsoft has turned it off by default in organizations created
      since January 2020. <code>Set-TransportConfig -SmtpClientAuthenticationDisabled</code>
    </p>
    <div class="line">
      ${isOff ? 'Off for your organization' : 'On for your organization'}
      ${buttonForm(visit, '/mailboxes/smtp-auth', isOff ? 'Turn on' : 'Turn off', {
        fields: { smtpAuth: isOff ? 'on' : 'off' },
        describe: 'SMTP AUTH for the organization',
      })}
    </div>
  </section>`
}

export function mailboxSmtpAuth(visit: Visit, user: User, { people }: Directory): Html {
  const own = people.isSmtpAuthDisabled(user.id)
  const now = own === undefined ? 'default' : own ? 'off' : 'on'
  const others = ['default', 'on', 'off'].filter((one) => one !== now)
  const copies = people.keepsCopyForSentAs(user.id)
  return html`<section class="card">
    <h2>Sending</h2>
    <p class="hint">
      The setting of this mailbox overrides that of the organization.
      <code>Set-CASMailbox -SmtpClientAuthenticationDisabled</code>
    </p>
    <div class="line">
      Authenticated SMTP: ${now === 'default' ? 'as the organization' : now}
      ${others.map((one) =>
        buttonForm(
          visit,
          `/mailboxes/${user.id}/smtp-auth`,
          one === 'default' ? 'As the organization' : `Turn ${one}`,
          {
            fields: { smtpAuth: one },
            describe: `Authenticated SMTP of ${user.displayName}`,
          },
        ),
      )}
    </div>
    <p class="hint">
      Exchange keeps a copy of mail that others send as this mailbox by SMTP in their Sent Items. When this is on, it
      keeps another copy in this mailbox.
      <code>Set-Mailbox -MessageCopyForSentAsEnabled</code>
    </p>
    <div class="line">
      Copies of messages sent as this mailbox: ${copies ? 'on' : 'off'}
      ${buttonForm(visit, `/mailboxes/${user.id}/sent-as-copies`, copies ? 'Keep no copies' : 'Keep copies', {
        fields: { copies: copies ? 'off' : 'on' },
        describe: `Copies of messages sent as ${user.displayName}`,
      })}
    </div>
  </section>`
}
