import type { SubmissionId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Submission, withWhy } from './submission.ts'

export const getSubmission = (rooms: Rooms) =>
  route({
    at: 'GET /v1/submissions/:id',
    summary: 'Returns a submission.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofSubmission(params.id),
    validate: { params: idParam<SubmissionId>() },
    hasETag: true,
    act: async ({ params }) => withWhy(await rooms.submissions.get(params.id)),
    present: { status: 200, schema: Submission },
  })
