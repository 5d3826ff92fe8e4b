import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { alsoWithoutFactor, signedInPeople } from '../permit.ts'
import { SignedInPerson } from '../people/signed-in-person.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const Session = SignedInPerson.extend({
  lastEventId: z.int().optional().describe('`after` of `GET /v1/events/stream` for all events since this response.'),
}).meta({ id: 'Session' })

export const getSession = ({ events }: Rooms) =>
  route({
    at: 'GET /v1/session',
    summary: 'Returns the signed-in person.',
    authenticate: 'person',
    permit: alsoWithoutFactor(signedInPeople),
    isBackground: 'in-query',
    validate: {
      query: z.strictObject({
        isBackground: z
          .enum(['true', 'false'])
          .optional()
          .describe('`true` for a request without a user: it doesn’t count as use, so that an unused session ends.'),
      }),
    },
    act: async ({ caller }) => {
      if (caller.kind !== 'person') throw new AppError('http.not_signed_in')
      return { ...caller.person, missingFactor: caller.missingFactor, lastEventId: await events.position() }
    },
    present: { status: 200, schema: Session },
  })
