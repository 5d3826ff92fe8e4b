import { z } from 'zod'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { authorOf, CannedResponseEntry } from './canned-response.ts'

export const listCannedResponses = ({ writing }: Rooms) =>
  route({
    at: 'GET /v1/canned-responses',
    summary: 'Lists the shared canned responses and those of the caller, by folder and name, without their text.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: {},
    act: async ({ caller }) => ({ cannedResponses: await writing.cannedResponses.list(authorOf(caller)) }),
    present: { status: 200, schema: z.object({ cannedResponses: z.array(CannedResponseEntry) }) },
  })
