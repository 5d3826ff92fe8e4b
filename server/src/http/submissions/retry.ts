import type { SubmissionId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Submission } from './submission.ts'

export const retrySubmission = (rooms: Rooms) =>
  route({
    at: 'POST /v1/submissions/:id/retry',
    summary: 'Sends a failed message again, with the same Message-ID. Stores the missing copy of a sent one.',
    authenticate: 'person-or-key',
    permit: members('mail:send'),
    whose: ({ params }) => whose(rooms).ofSubmission(params.id),
    validate: { params: idParam<SubmissionId>() },
    act: ({ params }) => rooms.submissions.retry(params.id),
    present: { status: 200, schema: Submission },
  })
