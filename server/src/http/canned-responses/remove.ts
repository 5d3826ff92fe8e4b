import type { CannedResponseId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { authorOf } from './canned-response.ts'

export const removeCannedResponse = ({ writing }: Rooms) =>
  route({
    at: 'DELETE /v1/canned-responses/:id',
    summary: 'Deletes a canned response with its files. Messages written with it stay unchanged.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    validate: { params: idParam<CannedResponseId>() },
    act: ({ params, caller }) => writing.cannedResponses.remove(params.id, authorOf(caller)),
    present: { status: 204 },
  })
