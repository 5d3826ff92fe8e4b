import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { attachmentParams, authorOf, CannedResponse } from './canned-response.ts'

export const detachFromCannedResponse = ({ writing }: Rooms) =>
  route({
    at: 'DELETE /v1/canned-responses/:id/attachments/:attachmentId',
    summary: 'Removes a file from a canned response.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    validate: { params: attachmentParams },
    act: ({ params: { id, attachmentId }, caller }) =>
      writing.cannedResponses.detach(id, attachmentId, authorOf(caller)),
    present: { status: 200, schema: CannedResponse },
  })
