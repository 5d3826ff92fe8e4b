import { z } from 'zod'
import { personOf } from '../caller.ts'
import { signedInPeople } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { ListedSession } from './session.ts'

export const listSessions = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/sessions',
    summary: 'Lists the sessions of the signed-in person, the last used first.',
    authenticate: 'person',
    permit: signedInPeople,
    validate: {},
    act: async ({ caller }) => {
      const { id, session } = personOf(caller)
      const sessions = await people.sessions.list(id)
      return { sessions: sessions.map((each) => ({ ...each, isCurrent: each.id === session.id })) }
    },
    present: { status: 200, schema: z.object({ sessions: z.array(ListedSession) }) },
  })
