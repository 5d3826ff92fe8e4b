import { z } from 'zod'
import { MAX_PASSWORD_LENGTH, SIGN_IN_METHODS } from '../../people/index.ts'
import { personOf } from '../caller.ts'
import { secret } from '../fields.ts'
import { signedInPeople } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { signInClient } from './client.ts'

/** One member per method. */
const Confirmation = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('password'), password: secret(1, MAX_PASSWORD_LENGTH) }),
])

export const confirmSession = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/session/confirm',
    summary: 'Proves the identity of the signed-in person again: for 10 minutes, sensitive actions are then permitted.',
    authenticate: 'person',
    permit: signedInPeople,
    validate: { body: Confirmation },
    act: ({ body, caller, request, reply }) =>
      people.sessions.confirmByPassword(personOf(caller), body.password, signInClient(request, reply, browserSessions)),
    present: { status: 204 },
  })

export const listConfirmations = ({ people }: Rooms) =>
  route({
    at: 'GET /v1/session/confirm',
    summary: 'Lists the methods of POST /v1/session/confirm that the signed-in person can use.',
    authenticate: 'person',
    permit: signedInPeople,
    validate: {},
    act: async ({ caller }) => ({ methods: await people.sessions.confirmationMethods(personOf(caller).id) }),
    present: { status: 200, schema: z.object({ methods: z.array(z.enum(SIGN_IN_METHODS)) }) },
  })
