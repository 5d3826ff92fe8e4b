import type { GrantId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import { isOpenOfGrant, openedByGrant } from '../removal.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { GrantRemoval } from './grant.ts'

export const previewGrantRemoval = ({ grants, emailAccounts, signInLinks }: Rooms) =>
  route({
    at: 'GET /v1/grants/:id/removal',
    summary: 'What stands in the way of disconnecting a grant, and what goes with it. No mail goes with it.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<GrantId>() },
    act: async ({ params }) => {
      const { id } = await grants.get(params.id)
      const [accounts, links] = await Promise.all([emailAccounts.list(), signInLinks.list()])
      const opened = openedByGrant(accounts, [id])
      return {
        isPossible: opened.length === 0,
        emailAccounts: opened,
        openSignInLinks: links.filter((link) => isOpenOfGrant(link, id)).length,
      }
    },
    present: { status: 200, schema: GrantRemoval },
  })
