import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AutomaticReply } from './automatic-reply.ts'

export const getAutomaticReply = ({ emailAccounts }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/automatic-reply',
    summary: 'Returns the automatic acknowledgment of a mailbox. Absent if it was never enabled.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params }) => ({ automaticReply: (await emailAccounts.get(params.id)).automaticReply }),
    present: { status: 200, schema: z.object({ automaticReply: AutomaticReply.optional() }) },
  })
