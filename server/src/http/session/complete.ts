import { z } from 'zod'
import { anyone } from '../permit.ts'
import { SignedInPerson } from '../people/signed-in-person.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { signInClient } from './client.ts'
import { answerSignedIn } from './signed-in.ts'

/** Longest code as typed: a recovery code with spaces. */
const MAX_CODE = 40

export const code = z
  .string()
  .min(1)
  .max(MAX_CODE)
  .describe('Code of the authenticator app (six digits), or a recovery code. Each works once.')

export const completeSignIn = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/session/second-step',
    summary: 'Completes a sign-in within five minutes in the same browser; the response sets the session cookie.',
    authenticate: 'browser',
    permit: anyone,
    validate: { body: z.strictObject({ code }) },
    act: async ({ body, request, reply }) => {
      const client = signInClient(request, reply, browserSessions)
      return answerSignedIn(await people.sessions.complete(body.code, client), reply, browserSessions)
    },
    present: { status: 200, schema: SignedInPerson },
  })
