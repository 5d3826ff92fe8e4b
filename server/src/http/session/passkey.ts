import { z } from 'zod'
import type { AuthenticationResponseJSON } from '../../people/index.ts'
import { PasskeyAnswer, PasskeyRequestOptions, withoutNothing } from '../factors/passkey-schemas.ts'
import { anyone } from '../permit.ts'
import { SignedInPerson } from '../people/signed-in-person.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { signInClient } from './client.ts'
import { answerSignedIn } from './signed-in.ts'

export const passkeyRequestOptions = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/session/passkey/options',
    summary: 'Returns the options with which this browser asks for a passkey, within five minutes.',
    authenticate: 'browser',
    permit: anyone,
    validate: {},
    act: ({ request, reply }) => people.passkeys.requestOptions(browserSessions.hashFor(request, reply)),
    present: { status: 200, schema: PasskeyRequestOptions },
  })

export const signInWithPasskey = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/session/passkey',
    summary: 'Signs in with a passkey, which counts as both factors; the response sets the session cookie.',
    authenticate: 'browser',
    permit: anyone,
    validate: { body: z.strictObject({ response: PasskeyAnswer }) },
    act: async ({ body, request, reply }) => {
      const response = withoutNothing<AuthenticationResponseJSON>(body.response)
      const client = signInClient(request, reply, browserSessions)
      return answerSignedIn(await people.sessions.signInWithPasskey(response, client), reply, browserSessions)
    },
    present: { status: 200, schema: SignedInPerson },
  })
