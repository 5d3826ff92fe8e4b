import type { PersonId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EndedSessions } from './session.ts'

export const endSessionsOf = ({ people }: Rooms) =>
  route({
    at: 'DELETE /v1/people/:id/sessions',
    summary: 'Ends all sessions of a person. They can sign in again.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { params: idParam<PersonId>() },
    act: async ({ params, caller }) => {
      const { id } = await people.people.get(params.id)
      return { ended: await people.sessions.endAll(id, toActor(caller)) }
    },
    present: { status: 200, schema: EndedSessions },
  })
