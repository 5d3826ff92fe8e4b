import { z } from 'zod'
import {
  CONFIRMATION_CODES,
  MAX_PASSWORD_LENGTH,
  SIGN_IN_METHODS,
  type AuthenticationResponseJSON,
} from '../../people/index.ts'
import { personOf } from '../caller.ts'
import { PasskeyAnswer, PasskeyRequestOptions, withoutNothing } from '../factors/passkey-schemas.ts'
import { secret } from '../fields.ts'
import { alsoWithoutFactor, signedInPeople } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { signInClient } from './client.ts'
import { code } from './complete.ts'

/** One member per method that a request proves. */
const Confirmation = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('password'),
    password: secret(1, MAX_PASSWORD_LENGTH),
    code: code.optional().describe('Needed if `codes` of `GET /v1/session/confirm` isn’t empty: one of these codes.'),
  }),
  z.strictObject({ method: z.literal('passkey'), response: PasskeyAnswer }),
])

export const confirmSession = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/session/confirm',
    summary: 'Proves the identity of the signed-in person again: for 10 minutes, sensitive actions are then permitted.',
    authenticate: 'person',
    permit: alsoWithoutFactor(signedInPeople),
    validate: { body: Confirmation },
    act: ({ body, caller, request, reply }) => {
      const signedIn = personOf(caller)
      const client = signInClient(request, reply, browserSessions)
      if (body.method === 'password') return people.confirmations.byPassword(signedIn, body, client)
      const response = withoutNothing<AuthenticationResponseJSON>(body.response)
      return people.confirmations.byPasskey(signedIn, response, client)
    },
    present: { status: 204 },
  })

export const confirmationPasskeyOptions = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/session/confirm/passkey-options',
    summary: 'Returns the options with which this browser asks for a passkey of the signed-in person.',
    authenticate: 'person',
    permit: signedInPeople,
    validate: {},
    act: ({ caller, request, reply }) =>
      people.passkeys.requestOptions(browserSessions.hashFor(request, reply), personOf(caller).id),
    present: { status: 200, schema: PasskeyRequestOptions },
  })

const ConfirmationOptions = z.object({
  methods: z.array(z.enum(SIGN_IN_METHODS)).describe('The preferred one first.'),
  codes: z
    .array(z.enum(CONFIRMATION_CODES))
    .describe('Codes of which the method `password` needs one; empty for a person without a second factor.'),
})

export const listConfirmations = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/session/confirm',
    summary: 'Lists the methods of POST /v1/session/confirm that the signed-in person can use.',
    authenticate: 'person',
    permit: alsoWithoutFactor(signedInPeople),
    validate: {},
    act: ({ caller }) => people.confirmations.options(personOf(caller).id),
    present: { status: 200, schema: ConfirmationOptions },
  })
