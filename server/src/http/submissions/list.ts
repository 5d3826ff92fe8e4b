import { z } from 'zod'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import { line, page, zonedTime } from '../fields.ts'
import { id } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { TEXTS } from '../texts.ts'
import { State, Submission, withWhy } from './submission.ts'

export const listSubmissions = ({ submissions }: Rooms) =>
  route({
    at: 'GET /v1/submissions',
    summary:
      "Lists messages that were submitted in the caller's mailboxes, in any state, the last accepted first. `next` of a page is `cursor` of the following one. After a second it returns what it has found, so a page with `next` may be short or empty.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ query }) => query.emailAccountId,
    validate: {
      query: z
        .strictObject({
          view: z
            .enum(['without-conversation', 'scheduled'])
            .optional()
            .describe(
              'Only queued, failed and unknown ones without a conversation, or only those scheduled for later, the next first. At most 200, without other parameters.',
            ),
          emailAccountId: id<EmailAccountId>().optional(),
          conversationId: id<ConversationId>().optional(),
          states: z
            .string()
            .max(100)
            .transform((text) => text.split(','))
            .pipe(z.array(State))
            .optional()
            .describe('States, separated by commas.'),
          after: zonedTime.optional().describe('Accepted at or after this time.'),
          before: zonedTime.optional().describe('Accepted before this time.'),
          messageId: line
            .max(998)
            .optional()
            .describe('RFC 5322 Message-ID without <>: `messageId`, or that of the copy in Sent.'),
          to: line.max(320).optional().describe('An address in To, Cc or Bcc, or a domain with @ in front.'),
          subject: line.max(500).optional().describe('A part of the subject.'),
          cursor: z.string().max(200).optional(),
          limit: page(100, 50),
        })
        .refine(
          ({ view, limit: _, ...others }) =>
            view === undefined || Object.values(others).every((value) => value === undefined),
          { path: ['view'], message: TEXTS.alone },
        ),
    },
    act: async ({ query, caller }) => {
      const { view, emailAccountId, cursor, limit, ...filter } = query
      const { visibleAccounts } = caller
      if (view === undefined) {
        const emailAccountIds = emailAccountId === undefined ? visibleAccounts : [emailAccountId]
        const found = await submissions.list({ ...filter, emailAccountIds }, { cursor, limit })
        return { submissions: found.submissions.map(withWhy), next: found.next }
      }
      const listed =
        view === 'scheduled'
          ? await submissions.listScheduled(visibleAccounts)
          : await submissions.listUnsentWithoutConversation(visibleAccounts)
      return { submissions: listed.map(withWhy), next: undefined }
    },
    present: { status: 200, schema: z.object({ submissions: z.array(Submission), next: z.string().optional() }) },
  })
