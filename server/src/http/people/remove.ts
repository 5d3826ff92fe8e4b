import type { PersonId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const removePerson = ({ people, openStreams }: Rooms) =>
  route({
    at: 'DELETE /v1/people/:id',
    summary: 'Removes a person with sign-in, sessions and API keys. Their messages and notes keep their name.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<PersonId>() },
    act: async ({ params, caller }) => {
      await people.people.remove(params.id, toActor(caller))
      openStreams.endOf(params.id)
    },
    present: { status: 204 },
  })
