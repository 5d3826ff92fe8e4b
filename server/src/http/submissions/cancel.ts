import type { SubmissionId } from '../../kernel/ids.ts'
import { toAuthor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { CanceledSubmission } from './submission.ts'

export const cancelSubmission = (rooms: Rooms) =>
  route({
    at: 'POST /v1/submissions/:id/cancel',
    summary:
      'Cancels sending of a message until the server is asked to accept it, or of a failed one. Its content becomes a draft of the caller.',
    authenticate: 'person-or-key',
    permit: members('mail:send'),
    whose: ({ params }) => whose(rooms).ofSubmission(params.id),
    validate: { params: idParam<SubmissionId>() },
    act: ({ params, caller }) => rooms.submissions.cancel(params.id, toAuthor(caller)),
    present: { status: 200, schema: CanceledSubmission },
  })
