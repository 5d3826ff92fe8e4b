import { html, type Html } from '../kernel/html.ts'
import type { MailServers, Settings } from '../kernel/settings.ts'
import type { MailboxRight } from '../tenants/index.ts'
import { toMailAddress, type RosterMailbox, type RosterPerson } from './roster.ts'

const RIGHTS: Record<MailboxRight, string> = {
  FullAccess: 'Full Access',
  SendAs: 'Send As',
  SendOnBehalf: 'Send on Behalf',
}

/** Renders the home page with everything a new user needs. */
export function homePage(
  { listening, named, mailServers }: Settings & { mailServers: MailServers | undefined },
  { persons, mailboxes }: { persons: RosterPerson[]; mailboxes: RosterMailbox[] },
): Html {
  const admin = persons.find(({ user }) => user.globalAdministrator)?.user
  const withMfa = persons.find(({ user }) => user.mfaSecret !== undefined)?.user
  const shared = mailboxes.find(({ kind }) => kind === 'shared')?.user

  return html`<h1>Local Microsoft 365 sandbox</h1>
    <p>
      Test tenants, users, mailboxes and app registrations. All data is fictional, and no data leaves this computer.
    </p>

    <h2>First steps</h2>
    <ol>
      <li>
        Open the
        <a href="${listening.portal}">portal</a>${admin && html`, sign in as <code>${toMailAddress(admin)}</code>`} and
        register an application: redirect URI, client secret, API permissions, <i>Grant admin consent</i>.
      </li>
      <li>
        Give its Application (client) ID, Directory (tenant) ID and secret to your program, with
        <code>${named.login}</code> in place of Microsoft's sign-in address and <code>${named.graph}</code> in place of
        Graph's.
      </li>
      <li>
        Connect a mailbox${withMfa && html`, as <code>${toMailAddress(withMfa)}</code>`}. The
        <a href="/authenticator">authenticator</a> shows the code.
      </li>
      <li>
        <a href="/outside/write?${new URLSearchParams({ to: shared ? toMailAddress(shared) : '' }).toString()}"
          >Write to ${shared ? toMailAddress(shared) : 'a mailbox'} as a customer</a
        >, reply from your program, and read the reply in <a href="/outside">External mail</a>.
      </li>
      <li>
        <a href="/clock">Move the clock</a> past the expiry date of the secret, or switch
        <a href="/faults">a fault</a> on, and check the reaction of your program. The portal has the consent policy.
      </li>
    </ol>

    <h2>Addresses</h2>
    <dl>
      ${place('Portal', listening.portal, html`App registrations, users, mailboxes, consent policy`)}
      ${forPrograms('Sign-in (Entra ID)', listening.login, named.login)}
      ${forPrograms('Microsoft Graph', `${listening.graph}/v1.0`, `${named.graph}/v1.0`)}
      ${mailServers && mailServer('IMAP', mailServers.imap)} ${mailServers && mailServer('SMTP', mailServers.smtp)}
      ${place('Control panel', listening.controlPanel, html`This page; for scripts, <code>/api/people</code> and <code>/api/addresses</code>`)}
    </dl>

    <h2>Users</h2>
    <ul class="plain columns">
      ${persons.map(personItem)}
    </ul>

    <h2>Mailboxes</h2>
    <ul class="plain columns">
      ${mailboxes.map(mailboxItem)}
    </ul>`
}

function place(name: string, address: string, remark: Html): Html {
  return html`<dt>${name}</dt>
    <dd><a href="${address}">${address}</a><br /><span class="quiet">${remark}</span></dd>`
}

/** Plain text instead of a link, because there is no page at that address. */
function forPrograms(name: string, listening: string, named: string): Html {
  return html`<dt>${name}</dt>
    <dd>
      <code>${listening}</code><br /><span class="quiet"
        >For programs${listening !== named && html`; public address <code>${named}</code>`}</span
      >
    </dd>`
}

function mailServer(name: string, { host, port }: { host: string; port: number }): Html {
  return html`<dt>${name}</dt>
    <dd>
      <code>${host}:${port}</code><br /><span class="quiet"
        >For mail programs: no TLS, sign-in with an access token (XOAUTH2)</span
      >
    </dd>`
}

function personItem({ tenant, user, home }: RosterPerson): Html {
  const remarks = [
    user.globalAdministrator && 'Global Administrator',
    user.mfaSecret !== undefined && html`<a href="/authenticator">MFA</a>`,
    home && 'guest',
    !user.accountEnabled && 'sign-in disabled',
    user.preferredLanguage !== 'en-US' && `language ${user.preferredLanguage}`,
  ].filter((remark) => remark !== false && remark !== undefined)
  const password =
    user.password === undefined ? html`<span class="quiet">no password</span>` : html`<code>${user.password}</code>`
  return html`<li>
    <strong>${user.displayName}</strong>, ${tenant.displayName}${remarks.map((remark) => html`, ${remark}`)}<br />
    ${home ? html`signs in with the home account <code>${toMailAddress(home)}</code>` : html`<code>${user.userPrincipalName}</code><br />${password}`}
  </li>`
}

function mailboxItem({ user, kind, rights }: RosterMailbox): Html {
  const others = rights.map(
    ({ trustee, right }) => html`<br /><span class="quiet">${trustee.displayName}: ${RIGHTS[right]}</span>`,
  )
  return html`<li>
    <strong>${toMailAddress(user)}</strong> ${kind === 'shared' && html`<span class="badge">shared</span>`}<br />
    ${user.displayName}${others}
  </li>`
}
