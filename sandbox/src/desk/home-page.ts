import { html, type Html } from '../kernel/html.ts'
import type { Addresses, Settings } from '../kernel/settings.ts'
import type { MailboxRight } from '../tenants/index.ts'
import { addressOf, type RosterMailbox, type RosterPerson } from './roster.ts'

const RIGHTS: Record<MailboxRight, string> = {
  FullAccess: 'Full Access',
  SendAs: 'Send As',
  SendOnBehalf: 'Send on Behalf',
}

/** Everything a newcomer needs on one page. */
export function homePage(
  { listening, named }: Settings,
  { persons, mailboxes }: { persons: RosterPerson[]; mailboxes: RosterMailbox[] },
): Html {
  const admin = persons.find(({ user }) => user.globalAdministrator)?.user
  const withMfa = persons.find(({ user }) => user.mfaSecret !== undefined)?.user
  const shared = mailboxes.find(({ kind }) => kind === 'shared')?.user

  return html`<h1>A Microsoft 365 on your desk</h1>
    <p>
      Tenants, people, mailboxes and app registrations to rehearse with. Nothing here is real and nothing leaves this
      computer.
    </p>

    <h2>What to try first</h2>
    <ol>
      <li>
        Open the <a href="${listening.portal}">portal</a>${admin && html`, sign in as <code>${addressOf(admin)}</code>`}
        and register an application: redirect URI, client secret, API permissions, <i>Grant admin consent</i>.
      </li>
      <li>
        Give its Application (client) ID, Directory (tenant) ID and secret to your program, with
        <code>${named.login}</code> in place of Microsoft's sign-in address and <code>${named.graph}</code> in place of
        Graph's.
      </li>
      <li>
        Connect a mailbox${withMfa && html`, as <code>${addressOf(withMfa)}</code>`}. The
        <a href="/authenticator">authenticator</a> has the code that is asked for.
      </li>
      <li>
        <a href="/outside/write?${new URLSearchParams({ to: shared ? addressOf(shared) : '' }).toString()}"
          >Write to ${shared ? addressOf(shared) : 'a mailbox'} as a customer</a
        >, answer from your program, and read the answer in the <a href="/outside">world outside</a>.
      </li>
      <li>
        <a href="/clock">Move the clock</a> past the end of the secret and see what your program says. Who may consent
        is changed in the portal.
      </li>
    </ol>

    <h2>Where things are</h2>
    <dl>
      ${place('Portal', listening.portal, html`App registrations, users, mailboxes, consent policy`)}
      ${place('Sign-in (Entra ID)', listening.login, calls(listening, named, 'login'))}
      ${place('Microsoft Graph', `${listening.graph}/v1.0`, calls(listening, named, 'graph'))}
      ${place('Desk', listening.desk, html`This page, and for scripts <code>/api/people</code>`)}
    </dl>

    <h2>People</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Signs in as</th>
            <th scope="col">Password</th>
            <th scope="col">Organization</th>
            <th scope="col">Remarks</th>
          </tr>
        </thead>
        <tbody>
          ${persons.map(personRow)}
        </tbody>
      </table>
    </div>

    <h2>Mailboxes</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Mailbox</th>
            <th scope="col">Kind</th>
            <th scope="col">Others with rights</th>
          </tr>
        </thead>
        <tbody>
          ${mailboxes.map(mailboxRow)}
        </tbody>
      </table>
    </div>`
}

function place(name: string, address: string, remark: Html): Html {
  return html`<dt>${name}</dt>
    <dd><a href="${address}">${address}</a><br /><span class="quiet">${remark}</span></dd>`
}

function calls(listening: Addresses, named: Addresses, part: keyof Addresses): Html {
  return listening[part] === named[part]
    ? html`For programs`
    : html`For programs; calls itself <code>${named[part]}</code>`
}

function personRow({ tenant, user, home }: RosterPerson): Html {
  const remarks = [
    user.globalAdministrator && html`Global Administrator`,
    user.mfaSecret !== undefined && html`<a href="/authenticator">MFA</a>`,
    home && html`guest, signs in as ${addressOf(home)}`,
    !user.accountEnabled && html`may not sign in`,
    user.preferredLanguage !== 'en-US' && html`language ${user.preferredLanguage}`,
  ].filter((remark) => remark !== false && remark !== undefined)
  return html`<tr>
    <td>${user.displayName}</td>
    <td>${home ? addressOf(home) : user.userPrincipalName}</td>
    <td>
      ${user.password === undefined ? html`<span class="quiet">none</span>` : html`<code>${user.password}</code>`}
    </td>
    <td>${tenant.displayName}</td>
    <td>${remarks.map((remark, index) => html`${index > 0 && ', '}${remark}`)}</td>
  </tr>`
}

function mailboxRow({ user, kind, rights }: RosterMailbox): Html {
  return html`<tr>
    <td>${addressOf(user)}<br /><span class="quiet">${user.displayName}</span></td>
    <td>${kind === 'shared' ? 'shared' : 'user'}</td>
    <td>
      ${
        rights.length === 0
          ? html`<span class="quiet">nobody</span>`
          : rights.map(
              ({ trustee, right }, index) => html`${index > 0 && html`<br />`}${trustee.displayName}: ${RIGHTS[right]}`,
            )
      }
    </td>
  </tr>`
}
