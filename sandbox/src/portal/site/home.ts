/** Overview of the directory, and links to the user's other directories. */
import { html } from '../../kernel/html.ts'
import { copyField } from '../../kernel/page-pieces.ts'
import type { Directory, Tenant, User } from '../../tenants/index.ts'
import { table } from './pieces.ts'
import type { PageDeps } from './visit.ts'

export function registerHome({ get, directory }: PageDeps): void {
  get('/', (visit) => {
    const { tenant, person, administrator } = visit
    return visit.show({
      title: tenant.displayName,
      subtitle: 'Microsoft Entra ID, formerly Azure Active Directory',
      part: 'overview',
      body: html`<div class="columns">
        <section class="card">
          <h2>Basic information</h2>
          ${copyField({ label: 'Name', name: 'tenantName', value: tenant.displayName })}
          ${copyField({ label: 'Tenant ID', name: 'tenantId', value: tenant.id })}
          ${copyField({ label: 'Primary domain', name: 'primaryDomain', value: tenant.domains[0] ?? '' })}
        </section>
        <section class="card">
          <h2>You</h2>
          <dl>
            <dt>Name</dt>
            <dd>${person.displayName}</dd>
            <dt>User principal name</dt>
            <dd>${person.userPrincipalName}</dd>
            <dt>Object ID</dt>
            <dd>${person.id}</dd>
            <dt>User type</dt>
            <dd>${person.userType}</dd>
            <dt>Role</dt>
            <dd>${administrator ? 'Global Administrator' : 'None'}</dd>
          </dl>
          <p><a href="/directories">Directories + subscriptions</a></p>
        </section>
        <section class="card">
          <h2>Manage</h2>
          <ul>
            <li><a href="/app-registrations">App registrations</a></li>
            <li><a href="/app-registrations/new">New registration</a></li>
            <li><a href="/enterprise-applications">Enterprise applications</a></li>
            <li><a href="/enterprise-applications/user-consent-settings">User consent settings</a></li>
            <li><a href="/users">Users</a></li>
            <li><a href="/mailboxes">Mailboxes</a></li>
          </ul>
        </section>
      </div>`,
    })
  })

  get('/directories', (visit) =>
    visit.show({
      title: 'Directories + subscriptions',
      subtitle: 'The directories in which you have an account. The sandbox has no subscriptions.',
      part: 'overview',
      body: table(
        'All directories',
        ['Directory name', 'Domain', 'Directory ID', 'Your account', ''],
        directoriesOf(directory, visit.person).map(({ tenant, account }) => [
          tenant.displayName,
          tenant.domains[0],
          html`<code>${tenant.id}</code>`,
          account.userType,
          tenant.id === visit.tenant.id
            ? html`<span class="badge">Current</span>`
            : html`<a href="/sign-in?${switchQuery(directory, tenant, visit.person)}"
                >Switch to ${tenant.displayName}</a
              >`,
        ]),
        'You have no account in any directory.',
      ),
    }),
  )
}

/** All tenants in which the user has an account, the home tenant first. */
function directoriesOf({ people }: Directory, person: User): { tenant: Tenant; account: User }[] {
  const homeId = person.homeUserId ?? person.id
  return people
    .listTenants()
    .flatMap((tenant) =>
      people
        .listUsers(tenant.id)
        .filter((user) => user.id === homeId || user.homeUserId === homeId)
        .map((account) => ({ tenant, account })),
    )
    .sort((a, b) => Number(b.account.id === homeId) - Number(a.account.id === homeId))
}

/**
 * Query for switching the directory: a sign-in there with the home account, which Entra ID completes by its session.
 */
function switchQuery({ people }: Directory, tenant: Tenant, person: User): string {
  const home = person.homeUserId === undefined ? person : people.getUser(person.homeUserId)
  return new URLSearchParams({ tenant: tenant.id, hint: home.userPrincipalName }).toString()
}
