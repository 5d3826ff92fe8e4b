import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { SendingLimits } from '../submissions/submission.ts'

export const getLimits = ({ submissions }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/limits',
    summary: "Returns the message size limits of the mailbox's send protocol.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: ({ params }) => submissions.limitsOf(params.id),
    present: { status: 200, schema: SendingLimits },
  })
