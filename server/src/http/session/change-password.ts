import { z } from 'zod'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../../people/index.ts'
import { personOf } from '../caller.ts'
import { secret } from '../fields.ts'
import { signedInPeople } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { signInClient } from './client.ts'

export const changePassword = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'PUT /v1/session/password',
    summary:
      'Changes the password of the signed-in person. Their other sessions end; this one continues with a new cookie.',
    authenticate: 'person',
    permit: signedInPeople,
    validate: {
      body: z.strictObject({
        currentPassword: secret(1, MAX_PASSWORD_LENGTH),
        password: secret(MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH),
      }),
    },
    act: async ({ body, caller, request, reply }) => {
      const { person, session } = personOf(caller)
      const change = { ...body, ...signInClient(request, reply, browserSessions), person, session }
      const { setCookies } = await people.sessions.changePassword(change)
      for (const cookie of setCookies) void reply.header('set-cookie', cookie)
    },
    present: { status: 204 },
  })
