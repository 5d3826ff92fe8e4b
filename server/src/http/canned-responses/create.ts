import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { authorOf, CannedResponse, NewCannedResponse } from './canned-response.ts'

export const createCannedResponse = ({ writing }: Rooms) =>
  route({
    at: 'POST /v1/canned-responses',
    summary: 'Creates a canned response, personal or shared. A program creates shared ones only.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    validate: { body: NewCannedResponse },
    act: ({ body, caller }) => writing.cannedResponses.create(body, authorOf(caller)),
    present: { status: 201, schema: CannedResponse },
  })
