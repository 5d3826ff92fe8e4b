import { z } from 'zod'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { id, idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { Conversation } from './conversation.ts'

export const splitConversation = (rooms: Rooms) =>
  route({
    at: 'POST /v1/conversations/:id/split',
    summary: 'Moves messages into a new conversation, which replies to them will join. Returns the new conversation.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: {
      params: idParam<ConversationId>(),
      body: z.strictObject({ messageIds: z.array(id<StoredMessageId>()).min(1).max(500) }),
    },
    act: ({ params, body, caller }) => rooms.conversations.team.split(params.id, body.messageIds, toActor(caller)),
    present: { status: 201, schema: Conversation, location: ({ id }) => `/v1/conversations/${id}` },
  })
