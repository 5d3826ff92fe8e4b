import { revocationCommands } from '../../cloud-providers/index.ts'
import type { GrantId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import { isOpenOfGrant, openedByGrant } from '../removal.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { GrantRemoval } from './grant.ts'

export const previewGrantRemoval = ({ grants, emailAccounts, signInLinks, cloudProviders, clouds }: Rooms) =>
  route({
    at: 'GET /v1/grants/:id/removal',
    summary: 'Returns the obstacles and the effects of disconnecting a grant. No mail is removed.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<GrantId>() },
    act: async ({ params }) => {
      const grant = await grants.get(params.id)
      const { id, tenantId, objectId, isPersonal } = grant
      const provider = await cloudProviders.get(grant.cloudProviderId)
      const scriptNames = isPersonal
        ? undefined
        : clouds.list().find(({ id: cloud }) => cloud === provider.cloud)?.scriptNames
      const [accounts, links] = await Promise.all([emailAccounts.list(), signInLinks.list()])
      const opened = openedByGrant(accounts, [id])
      return {
        isPossible: opened.length === 0,
        emailAccounts: opened,
        openSignInLinks: links.filter((link) => isOpenOfGrant(link, id)).length,
        revocation: scriptNames && revocationCommands({ clientId: provider.clientId, tenantId, objectId, scriptNames }),
      }
    },
    present: { status: 200, schema: GrantRemoval },
  })
