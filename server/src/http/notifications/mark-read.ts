import { personOf } from '../caller.ts'
import { z } from 'zod'
import type { ConversationId } from '../../kernel/ids.ts'
import { MOST_KEPT } from '../../notifications/index.ts'
import { id } from '../ids.ts'
import { signedInMembers } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'

const ids = z.array(z.int().min(1)).min(1).max(MOST_KEPT)

export const markNotificationsRead = (rooms: Rooms) =>
  route({
    at: 'POST /v1/notifications/read',
    summary: 'Marks notifications as read: some, those of a conversation, or all up to one.',
    authenticate: 'person',
    permit: signedInMembers,
    whose: ({ body }) => ('conversationId' in body ? whose(rooms).ofConversation(body.conversationId) : undefined),
    validate: {
      body: z.union([
        z.strictObject({ ids }),
        z.strictObject({ conversationId: id<ConversationId>() }),
        z.strictObject({ upTo: z.int().min(1).describe('Id of the newest notification to mark.') }),
      ]),
    },
    act: async ({ body, caller }) => ({
      changed: await rooms.notifications.entries.markRead(personOf(caller).id, body),
    }),
    present: {
      status: 200,
      schema: z.object({ changed: z.array(z.int()).describe('Ids that were unread before.') }),
    },
  })

export const markNotificationsUnread = ({ notifications }: Rooms) =>
  route({
    at: 'POST /v1/notifications/unread',
    summary: 'Marks notifications as unread.',
    authenticate: 'person',
    permit: signedInMembers,
    validate: { body: z.strictObject({ ids }) },
    act: ({ body, caller }) => notifications.entries.markUnread(personOf(caller).id, body.ids),
    present: { status: 204 },
  })
