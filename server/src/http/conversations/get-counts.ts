import { z } from 'zod'
import { MOST_COUNTED } from '../../conversations/index.ts'
import { toReader } from '../caller.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const count = z.int()

export const getConversationCounts = ({ conversations, submissions }: Rooms) =>
  route({
    at: 'GET /v1/conversations/counts',
    summary: `Counts conversations per view and mailbox, each up to ${MOST_COUNTED}: that means "at least".`,
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: {},
    act: async ({ caller }) => {
      const reader = caller.kind === 'person' ? toReader(caller) : undefined
      const [{ views, forMe, emailAccounts }, scheduled] = await Promise.all([
        conversations.reading.countViews({ emailAccountIds: caller.visibleAccounts, reader }),
        submissions.countScheduled(caller.visibleAccounts),
      ])
      return {
        views: { ...views, scheduled },
        forMe,
        emailAccounts: Object.fromEntries(emailAccounts.map(({ id, open }) => [id, open])),
        most: MOST_COUNTED,
      }
    },
    present: {
      status: 200,
      schema: z.object({
        views: z.object({
          open: count,
          mine: count,
          unassigned: count,
          'needs-reply': count,
          mentions: count.describe('Conversations in which a note mentions the caller since they last opened them.'),
          waiting: count,
          snoozed: count,
          spam: count.describe('Unread ones, among the latest of each mailbox.'),
          drafts: count.describe('Drafts of the caller.'),
          scheduled: count.describe('Messages that are sent later.'),
        }),
        forMe: count.describe(
          'Open conversations that need a reply and are unassigned or assigned to the caller, among the latest of each mailbox.',
        ),
        emailAccounts: z
          .record(z.string(), count)
          .describe('Open conversations by mailbox; without those that have no mail.'),
        most: count.describe('Counting ends here.'),
      }),
    },
  })
