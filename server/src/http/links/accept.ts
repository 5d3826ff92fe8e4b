import { z } from 'zod'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../../people/index.ts'
import { emailAddress, name, secret } from '../fields.ts'
import { anyone } from '../permit.ts'
import { SignedInPerson } from '../people/signed-in-person.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { signInClient } from '../session/client.ts'
import { answerSignedIn } from '../session/signed-in.ts'

export const acceptLink = ({ people, browserSessions }: Rooms) =>
  route({
    at: 'POST /v1/links/accept',
    summary: 'Redeems a link: sets the password and signs in. The first admin also gives name and email address.',
    authenticate: 'browser',
    permit: anyone,
    validate: {
      body: z.strictObject({
        token: secret(1, 200),
        password: secret(MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH),
        name: name.optional(),
        email: emailAddress
          .optional()
          .describe('Email address of the first admin. An invitation is valid only for its own address.'),
      }),
    },
    linkOf: ({ body }) => body.token,
    act: async ({ body, request, reply }) => {
      const { token, ...input } = body
      const client = signInClient(request, reply, browserSessions)
      const { id } = await people.links.accept(token, { ...input, client })
      const signedIn = await people.sessions.open(id, { method: 'link' }, client)
      return answerSignedIn(signedIn, reply, browserSessions)
    },
    present: { status: 201, schema: SignedInPerson },
  })
