import type { CloudProviderId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import { isOpenOfCloudProvider, openedByGrant } from '../removal.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { CloudProviderRemoval } from './cloud-provider.ts'

export const previewCloudProviderRemoval = ({ cloudProviders, grants, emailAccounts, signInLinks }: Rooms) =>
  route({
    at: 'GET /v1/cloud-providers/:id/removal',
    summary: 'Returns the obstacles and the effects of removing a cloud provider. No mail is removed.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<CloudProviderId>() },
    act: async ({ params }) => {
      const { id } = await cloudProviders.get(params.id)
      const [itsGrants, accounts, links, credentials] = await Promise.all([
        grants.list(id),
        emailAccounts.list(),
        signInLinks.list(),
        cloudProviders.listCredentials(id),
      ])
      return {
        isPossible: itsGrants.length === 0,
        emailAccounts: openedByGrant(
          accounts,
          itsGrants.map((grant) => grant.id),
        ),
        grants: itsGrants.map(({ id: grantId, userName }) => ({ id: grantId, userName })),
        credentials: credentials.length,
        openSignInLinks: links.filter((link) => isOpenOfCloudProvider(link, id)).length,
      }
    },
    present: { status: 200, schema: CloudProviderRemoval },
  })
