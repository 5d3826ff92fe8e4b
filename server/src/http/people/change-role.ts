import { z } from 'zod'
import type { PersonId } from '../../kernel/ids.ts'
import { ROLES } from '../../people/index.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Person } from './person.ts'

export const changeRole = ({ people, openStreams }: Rooms) =>
  route({
    at: 'PUT /v1/people/:id/role',
    summary:
      'Changes the role of a person; for signed-in admins, not for API keys. The last admin stays one, and an auditor loses all mailboxes.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<PersonId>(), body: z.strictObject({ role: z.enum(ROLES) }) },
    act: async ({ params, body, caller }) => {
      const person = await people.people.changeRole(params.id, body.role, toActor(caller))
      openStreams.endOf(params.id)
      return person
    },
    present: { status: 200, schema: Person },
  })
