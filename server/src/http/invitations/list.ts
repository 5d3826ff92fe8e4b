import { z } from 'zod'
import { PersonLink } from '../links/link.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const listInvitations = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/invitations',
    summary: 'Lists pending invitations.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: async () => ({ invitations: await people.links.listOpen() }),
    present: { status: 200, schema: z.object({ invitations: z.array(PersonLink) }) },
  })
