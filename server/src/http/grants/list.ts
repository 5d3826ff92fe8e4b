import { z } from 'zod'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { createExplainer } from '../explained.ts'
import { id } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Grant, presentGrant } from './grant.ts'

export const listGrants = (rooms: Rooms) => {
  const { ofGrant } = createExplainer(rooms)
  return route({
    at: 'GET /v1/grants',
    summary: 'Lists grants with their permissions, validity, reason and age.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    compress: true,
    validate: { query: z.strictObject({ cloudProviderId: id<CloudProviderId>().optional() }) },
    act: async ({ query }) => {
      const grants = await rooms.grants.list(query.cloudProviderId)
      const explained = await Promise.all(grants.map(ofGrant))
      return { grants: grants.map((grant, at) => ({ ...presentGrant(grant), explanation: explained[at] })) }
    },
    present: { status: 200, schema: z.object({ grants: z.array(Grant) }) },
  })
}
