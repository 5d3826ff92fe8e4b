import type { CannedResponseId } from '../../kernel/ids.ts'
import { given } from '../given.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { authorOf, CannedResponse, CannedResponseChanges } from './canned-response.ts'

export const updateCannedResponse = ({ writing }: Rooms) =>
  route({
    at: 'PATCH /v1/canned-responses/:id',
    summary: 'Changes the given properties. Shared ones are changed by their creator, admins and supervisors.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    validate: { params: idParam<CannedResponseId>(), body: CannedResponseChanges },
    act: ({ params, body, caller }) => writing.cannedResponses.update(params.id, given(body), authorOf(caller)),
    present: { status: 200, schema: CannedResponse },
  })
