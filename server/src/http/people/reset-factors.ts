import type { PersonId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const resetFactors = ({ people, openStreams }: Rooms) =>
  route({
    at: 'POST /v1/people/:id/reset-factors',
    summary: 'Removes the passkeys, authenticator app and recovery codes of a person, and ends all their sessions.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<PersonId>() },
    act: async ({ params, caller }) => {
      await people.factors.reset(params.id, toActor(caller))
      openStreams.endOf(params.id)
    },
    present: { status: 204 },
  })
