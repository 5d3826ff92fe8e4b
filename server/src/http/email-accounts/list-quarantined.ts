import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { Message } from '../conversations/conversation.ts'
import { page } from '../fields.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const listQuarantined = ({ conversations }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/quarantine',
    summary:
      'Lists messages that were too large or could not be read like others, newest first, each with the reason in its marks. `next` of a page is `before` of the following one.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => params.id,
    validate: {
      params: idParam<EmailAccountId>(),
      query: z.strictObject({ before: z.string().max(200).optional(), limit: page(100, 50) }),
    },
    act: ({ params, query }) => conversations.quarantine.list(params.id, query),
    present: {
      status: 200,
      schema: z.object({
        messages: z.array(Message),
        next: z.string().optional(),
        count: z.int().describe('Number in the whole mailbox.'),
      }),
    },
  })
