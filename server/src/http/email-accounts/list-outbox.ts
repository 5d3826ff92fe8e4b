import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Submission, withWhy } from '../submissions/submission.ts'

export const listOutbox = ({ submissions }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/outbox',
    summary: 'Lists queued, failed and unknown messages, and sent ones whose copy is missing in Sent, newest first.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params }) => ({ submissions: (await submissions.listUnsent(params.id)).map(withWhy) }),
    present: { status: 200, schema: z.object({ submissions: z.array(Submission) }) },
  })
