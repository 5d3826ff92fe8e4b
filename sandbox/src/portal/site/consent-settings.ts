/**
 * *User consent settings* page: permissions that users can grant without an administrator.
 *
 * @see https://learn.microsoft.com/entra/identity/enterprise-apps/configure-user-consent
 */
import { html } from '../../kernel/html.ts'
import { radioGroup } from '../../kernel/page-pieces.ts'
import type { UserConsentPolicy } from '../../tenants/index.ts'
import { type PageDeps, Refusal, requireAdministrator, requireMember } from './visit.ts'

const PATH = '/enterprise-applications/user-consent-settings'

const CHOICES: readonly { value: UserConsentPolicy; label: string; hint: string }[] = [
  {
    value: 'disabled',
    label: 'Do not allow user consent',
    hint: 'An administrator will be required for all apps.',
  },
  {
    value: 'microsoft-recommended',
    label: 'Let Microsoft manage your consent settings (Recommended)',
    hint: "Microsoft's current guidelines apply. Since November 2025 an administrator is required for permissions to mail, by Graph, IMAP, POP or SMTP.",
  },
  {
    value: 'allow',
    label: 'Allow user consent for apps',
    hint: "All users can consent for any app to access the organization's data, except for permissions that need an administrator.",
  },
]

export function registerConsentSettings({ get, post, directory }: PageDeps): void {
  get(PATH, (visit) => {
    requireMember(visit)
    return visit.show({
      title: 'Consent and permissions | User consent settings',
      part: 'enterprise-applications',
      body: html`<form method="post" action="${PATH}" class="card">
        ${visit.canary()}
        <p>
          Control when end users and group owners are allowed to grant consent to applications, and when they will be
          required to request administrator review and approval.
        </p>
        ${radioGroup('User consent for applications', 'userConsent', CHOICES, visit.tenant.userConsent)}
        ${
          visit.administrator
            ? html`<div class="actions"><button class="primary" type="submit">Save</button></div>`
            : html`<p class="hint">Only a Global Administrator can change this.</p>`
        }
      </form>`,
    })
  })

  post(PATH, (visit) => {
    requireAdministrator(visit)
    const choice = CHOICES.find(({ value }) => value === visit.form.get('userConsent'))
    if (!choice) throw new Refusal(404, 'This setting does not exist.')
    directory.people.setUserConsent(visit.tenant.id, choice.value)
    return visit.goOn(PATH, `User consent for applications: ${choice.label}.`)
  })
}
