import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { personOf, toActor } from '../caller.ts'
import { signedInPeople } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EndedSessions } from './session.ts'

export const endSession = ({ people }: Rooms) =>
  route({
    at: 'DELETE /v1/sessions/:id',
    summary: 'Ends a session of the signed-in person.',
    authenticate: 'person',
    permit: signedInPeople,
    validate: { params: z.object({ id: z.uuid() }) },
    act: async ({ params, caller }) => {
      const isEnded = await people.sessions.endOne(personOf(caller).id, params.id, toActor(caller))
      if (!isEnded) throw new AppError('people.session_ended')
    },
    present: { status: 204 },
  })

export const endOtherSessions = ({ people }: Rooms) =>
  route({
    at: 'DELETE /v1/sessions',
    summary: 'Ends all other sessions of the signed-in person.',
    authenticate: 'person',
    permit: signedInPeople,
    validate: {},
    act: async ({ caller }) => {
      const { id, session } = personOf(caller)
      return { ended: await people.sessions.endAll(id, toActor(caller), { except: session.id }) }
    },
    present: { status: 200, schema: EndedSessions },
  })
