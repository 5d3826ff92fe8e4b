import { AppError } from '../../kernel/errors.ts'
import { signedInMembers } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AgentSignature } from './signature.ts'

export const getSignature = ({ writing }: Rooms) =>
  route({
    at: 'GET /v1/signature',
    summary: 'Returns the signature of the signed-in person.',
    authenticate: 'person',
    permit: signedInMembers,
    validate: {},
    act: ({ caller }) => {
      if (caller.kind !== 'person') throw new AppError('http.not_signed_in')
      return writing.signatures.of(caller.id)
    },
    present: { status: 200, schema: AgentSignature },
  })
