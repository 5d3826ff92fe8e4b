import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { personSees } from '../caller.ts'
import { idParam } from '../ids.ts'
import { ROLES } from '../../people/index.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const listMembers = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/members',
    summary: 'Lists the agents of a mailbox, for assignment.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params }) => {
      const everybody = await people.people.list()
      return { members: everybody.filter((person) => personSees(person, params.id)) }
    },
    present: {
      status: 200,
      schema: z.object({
        members: z.array(z.object({ id: z.string(), name: z.string(), role: z.enum(ROLES) })),
      }),
    },
  })
