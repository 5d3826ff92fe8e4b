import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { signedInMembers } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AgentSignature, LONGEST_PREPARED } from './signature.ts'

export const setSignature = ({ writing }: Rooms) =>
  route({
    at: 'PUT /v1/signature',
    summary: 'Stores the signature of the signed-in person. Without text, the signature of the mailbox is used.',
    authenticate: 'person',
    permit: signedInMembers,
    validate: {
      body: z
        .strictObject({ text: z.string().max(LONGEST_PREPARED), html: z.string().max(LONGEST_PREPARED) })
        .partial()
        .describe('If one of the two is given, the other is derived.'),
    },
    act: ({ body, caller }) => {
      if (caller.kind !== 'person') throw new AppError('http.not_signed_in')
      return writing.signatures.set(caller.id, body)
    },
    present: { status: 200, schema: AgentSignature },
  })
