import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AutomaticReply, NewAutomaticReply } from './automatic-reply.ts'

export const setAutomaticReply = ({ emailAccounts }: Rooms) =>
  route({
    at: 'PUT /v1/email-accounts/:id/automatic-reply',
    summary:
      'Enables or disables automatic acknowledgments: at most one per sender and day and one per conversation, never for automated mail.',
    authenticate: 'person',
    permit: signedInAdmins,
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), body: NewAutomaticReply },
    act: async ({ params, body, caller }) => ({
      automaticReply: (await emailAccounts.setAutomaticReply(params.id, body, toActor(caller))).automaticReply,
    }),
    present: { status: 200, schema: z.object({ automaticReply: AutomaticReply.optional() }) },
  })
