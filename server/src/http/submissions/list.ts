import { z } from 'zod'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Submission, withWhy } from './submission.ts'

export const listSubmissions = ({ submissions }: Rooms) =>
  route({
    at: 'GET /v1/submissions',
    summary:
      "Lists queued, failed and unknown messages without a conversation in the caller's mailboxes, newest first.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: {},
    act: async ({ caller }) => ({
      submissions: (await submissions.listUnsentWithoutConversation(caller.visibleAccounts)).map(withWhy),
    }),
    present: { status: 200, schema: z.object({ submissions: z.array(Submission) }) },
  })
