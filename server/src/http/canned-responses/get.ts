import type { CannedResponseId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { authorOf, CannedResponse } from './canned-response.ts'

export const getCannedResponse = ({ writing }: Rooms) =>
  route({
    at: 'GET /v1/canned-responses/:id',
    summary: 'Returns a canned response with its text.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: { params: idParam<CannedResponseId>() },
    act: ({ params, caller }) => writing.cannedResponses.get(params.id, authorOf(caller)),
    present: { status: 200, schema: CannedResponse },
  })
