import { z } from 'zod'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Submission, withWhy } from './submission.ts'

export const listSubmissions = ({ submissions }: Rooms) =>
  route({
    at: 'GET /v1/submissions',
    summary:
      "Lists messages of the caller's mailboxes: queued, failed and unknown ones without a conversation, newest first, or those scheduled for later, the next first. At most 200.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: {
      query: z.strictObject({ view: z.enum(['without-conversation', 'scheduled']).default('without-conversation') }),
    },
    act: async ({ query, caller }) => {
      const { visibleAccounts: of } = caller
      const listed =
        query.view === 'scheduled'
          ? await submissions.listScheduled(of)
          : await submissions.listUnsentWithoutConversation(of)
      return { submissions: listed.map(withWhy) }
    },
    present: { status: 200, schema: z.object({ submissions: z.array(Submission) }) },
  })
