import { AppError } from '../../kernel/errors.ts'
import { members } from '../permit.ts'
import { Person } from '../people/person.ts'
import { route } from '../route.ts'

export const getSession = () =>
  route({
    at: 'GET /v1/session',
    summary: 'Returns the signed-in person.',
    authenticate: 'person',
    permit: members('mail:read'),
    validate: {},
    act: async ({ caller }) => {
      if (caller.kind !== 'person') throw new AppError('http.not_signed_in')
      return caller.person
    },
    present: { status: 200, schema: Person },
  })
