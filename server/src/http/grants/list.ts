import { z } from 'zod'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { id } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Grant, presentGrant } from './grant.ts'

export const listGrants = ({ grants }: Rooms) =>
  route({
    at: 'GET /v1/grants',
    summary: 'Who has consented to what, whether it still holds, why not, and how old it is.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { query: z.strictObject({ cloudProviderId: id<CloudProviderId>().optional() }) },
    act: async ({ query }) => ({ grants: (await grants.list(query.cloudProviderId)).map(presentGrant) }),
    present: { status: 200, schema: z.object({ grants: z.array(Grant) }) },
  })
