import type { CannedResponseId } from '../../kernel/ids.ts'
import { MAIL_LIMIT_BYTES, NewAttachment } from '../drafts/draft.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { authorOf, CannedResponse } from './canned-response.ts'

export const attachToCannedResponse = ({ writing }: Rooms) =>
  route({
    at: 'POST /v1/canned-responses/:id/attachments',
    summary: 'Adds a file, which is attached to each message that the response is inserted into.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    validate: {
      params: idParam<CannedResponseId>(),
      body: NewAttachment.pick({ name: true, contentType: true, content: true }),
    },
    bodyLimitBytes: MAIL_LIMIT_BYTES,
    act: ({ params, body, caller }) => writing.cannedResponses.attach(params.id, body, authorOf(caller)),
    present: { status: 201, schema: CannedResponse, location: ({ id }) => `/v1/canned-responses/${id}` },
  })
