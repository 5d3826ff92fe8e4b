import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { SendingLimits } from '../submissions/submission.ts'

export const getLimits = ({ submissions }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/limits',
    summary: 'What a message may weigh on the road by which this mailbox sends.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params }) => submissions.limitsOf(params.id),
    present: { status: 200, schema: SendingLimits },
  })
