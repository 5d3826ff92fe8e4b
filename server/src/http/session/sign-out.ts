import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const signOut = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'DELETE /v1/session',
    summary: 'Ends the session. Succeeds without one, too.',
    authenticate: 'browser',
    permit: anyone,
    validate: {},
    act: async ({ request, reply }) => {
      const { setCookies } = await people.sessions.signOut(request.headers.cookie)
      for (const cookie of setCookies) void reply.header('set-cookie', cookie)
      browserSessions.renew(reply)
    },
    present: { status: 204 },
  })
