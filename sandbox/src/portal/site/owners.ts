/** *Owners* page: users that can manage a registration without being administrators. */
import { html } from '../../kernel/html.ts'
import { select } from '../../kernel/page-pieces.ts'
import { mayManageApplication } from '../registration/who-may.ts'
import { buttonForm, registrationPath, readOnlyNotice, registrationFrame, table } from './pieces.ts'
import { type PageDeps, requireApplication, requireManagedApplication, Refusal } from './visit.ts'

export function registerOwners({ get, post, directory }: PageDeps): void {
  const { applications, people } = directory

  get('/app-registrations/:appId/owners', (visit) => {
    const application = requireApplication(visit, directory)
    const manages = mayManageApplication(directory, visit.person, application)
    const owners = applications.ownersOf(application.id).map((id) => people.getUser(id))
    const others = people
      .listUsers(visit.tenant.id)
      .filter(({ id, userType }) => userType === 'Member' && !owners.some((owner) => owner.id === id))
    return visit.show({
      ...registrationFrame(application, 'Owners'),
      body: html`${!manages && readOnlyNotice()}
        <p class="hint">Owners can change every setting of this application. Only administrators can grant consent.</p>
        ${table(
          'Owners',
          ['Name', 'Email', ''],
          owners.map((owner) => [
            owner.displayName,
            owner.mail,
            manages &&
              buttonForm(visit, `${registrationPath(application)}/owners/remove`, 'Remove', {
                fields: { userId: owner.id },
                describe: owner.displayName,
              }),
          ]),
          'No owners: only administrators can manage this application.',
        )}
        ${
          manages &&
          others.length > 0 &&
          html`<form method="post" action="${registrationPath(application)}/owners/add" class="card">
            ${visit.canary()}
            ${select({
              label: 'Add an owner',
              name: 'userId',
              choices: others.map(({ id, displayName }) => ({ value: id, label: displayName })),
            })}
            <div class="actions"><button type="submit">Add</button></div>
          </form>`
        }`,
    })
  })

  post('/app-registrations/:appId/owners/add', (visit) => {
    const application = requireManagedApplication(visit, directory)
    const user = people.findUser(visit.form.get('userId') ?? '')
    if (user?.tenantId !== visit.tenant.id) throw new Refusal(404, 'This directory has no such user.')
    applications.addOwner(application.id, user.id)
    return visit.goOn(`${registrationPath(application)}/owners`, `${user.displayName} is an owner now.`)
  })

  post('/app-registrations/:appId/owners/remove', (visit) => {
    const application = requireManagedApplication(visit, directory)
    applications.removeOwner(application.id, visit.form.get('userId') ?? '')
    return visit.goOn(`${registrationPath(application)}/owners`, 'The owner is removed.')
  })
}
