import { z } from 'zod'
import type { SubmissionId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { id } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const MOST_NAMED = 500

export const decideHeldMail = ({ heldMail }: Rooms) =>
  route({
    at: 'POST /v1/restored-backup/decide',
    summary: 'Sends or discards messages held by a restored backup.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: {
      body: z.strictObject({
        decision: z.enum(['send', 'discard']),
        messages: z
          .union([z.enum(['all', 'not-found']), z.array(id<SubmissionId>()).min(1).max(MOST_NAMED)])
          .describe('`all` held ones, those `not-found` in Sent, or ids of submissions.'),
      }),
    },
    act: async ({ body, caller }) => ({
      decided: await heldMail.decide(body.messages, body.decision, toActor(caller)),
    }),
    present: {
      status: 200,
      schema: z.object({ decided: z.int().describe('Number of those that were still held.') }),
    },
  })
