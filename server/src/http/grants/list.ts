import { z } from 'zod'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { id } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Grant } from './grant.ts'

export const listGrants = ({ grants }: Rooms) =>
  route({
    at: 'GET /v1/grants',
    summary: 'Who has consented to what, and whether it still holds.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { query: z.strictObject({ cloudProviderId: id<CloudProviderId>().optional() }) },
    act: async ({ query }) => ({ grants: await grants.list(query.cloudProviderId) }),
    present: { status: 200, schema: z.object({ grants: z.array(Grant) }) },
  })
