import { z } from 'zod'
import { emailAddress, secret } from '../fields.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { signInClient } from './client.ts'
import { answerSignedIn } from './signed-in.ts'
import { SignedInPerson } from '../people/signed-in-person.ts'

export const signIn = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/session',
    summary: 'Signs in with email address and password; the response sets the session cookie.',
    authenticate: 'browser',
    permit: anyone,
    validate: { body: z.strictObject({ email: emailAddress, password: secret(1, 128) }) },
    act: async ({ body, request, reply }) => {
      const signedIn = await people.sessions.signIn({ ...body, ...signInClient(request, reply, browserSessions) })
      return answerSignedIn(signedIn, reply, browserSessions)
    },
    present: { status: 200, schema: SignedInPerson },
  })
