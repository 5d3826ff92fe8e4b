import type { PersonId } from '../../kernel/ids.ts'
import { actorOf } from '../caller.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const removePerson = ({ people }: Rooms) =>
  route({
    at: 'DELETE /v1/people/:id',
    summary: 'Ends sign-in, sessions and API keys of a person. What they wrote keeps their name.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    validate: { params: idParam<PersonId>() },
    act: ({ params, caller }) => people.people.remove(params.id, actorOf(caller)),
    present: { status: 204 },
  })
