import type { EmailAccount } from '../../email-accounts/index.ts'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Dependents } from './cloud-provider.ts'

export const listDependents = ({ cloudProviders, grants, emailAccounts }: Rooms) =>
  route({
    at: 'GET /v1/cloud-providers/:id/dependents',
    summary: 'Returns the dependents of a cloud provider: the credential in use, sign-ins and mailboxes.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<CloudProviderId>() },
    act: async ({ params }) => {
      const { id } = await cloudProviders.get(params.id)
      const [credentials, itsGrants, all] = await Promise.all([
        cloudProviders.listCredentials(id),
        grants.list(id),
        emailAccounts.list(),
      ])
      const accounts = all.filter(({ cloudProviderId }) => cloudProviderId === id)
      // The first credential that works is used for requests to Microsoft.
      const inUse = credentials.find(({ standing }) => standing.state === 'works')?.id
      return {
        credentials: credentials.map((one) => ({ id: one.id, kind: one.kind, inUse: one.id === inUse })),
        grants: itsGrants.map(({ id: grantId, userName, displayName }) => ({
          id: grantId,
          userName,
          displayName,
          emailAccounts: accounts
            .filter(({ principal }) => principal.kind === 'grant' && principal.grantId === grantId)
            .map(opened),
        })),
        application: accounts.filter(({ principal }) => principal.kind === 'application').map(opened),
      }
    },
    present: { status: 200, schema: Dependents },
  })

function opened({ id, name, address, state }: EmailAccount) {
  return { id, name, address, state }
}
