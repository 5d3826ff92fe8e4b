import { z } from 'zod'
import type { EmailAccountId, PersonId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { id, idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Person } from './person.ts'

export const setMemberships = ({ people, openStreams }: Rooms) =>
  route({
    at: 'PUT /v1/people/:id/memberships',
    summary:
      'Replaces the mailboxes that a supervisor or agent can see; for signed-in admins, not for API keys. Refused for an auditor.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: {
      params: idParam<PersonId>(),
      body: z.strictObject({ emailAccountIds: z.array(id<EmailAccountId>()).max(1000) }),
    },
    act: async ({ params, body, caller }) => {
      const person = await people.people.setMemberships(params.id, body.emailAccountIds, toActor(caller))
      openStreams.endOf(params.id)
      return person
    },
    present: { status: 200, schema: Person },
  })
