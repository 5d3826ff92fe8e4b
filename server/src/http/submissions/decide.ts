import { z } from 'zod'
import type { SubmissionId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Submission } from './submission.ts'

export const decideSubmission = (rooms: Rooms) =>
  route({
    at: 'POST /v1/submissions/:id/decide',
    summary: 'Resolves an `unknown` submission as sent or to be sent again, after a check of the mailbox.',
    authenticate: 'person-or-key',
    permit: members('mail:send'),
    whose: ({ params }) => whose(rooms).ofSubmission(params.id),
    validate: {
      params: idParam<SubmissionId>(),
      body: z.strictObject({ decision: z.enum(['was-sent', 'send-again']) }),
    },
    act: ({ params, body }) => rooms.submissions.decideUnknown(params.id, body.decision),
    present: { status: 200, schema: Submission },
  })
