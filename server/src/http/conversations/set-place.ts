import { z } from 'zod'
import { CONVERSATION_PLACES } from '../../conversations/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Conversation } from './conversation.ts'

export const setConversationPlace = (rooms: Rooms) =>
  route({
    at: 'PUT /v1/conversations/:id/place',
    summary:
      'Marks a conversation as spam, deletes it, or brings it back into the inbox. Its messages are kept. New mail of the customer brings a deleted conversation back; in spam, it stays there.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>(), body: z.strictObject({ place: z.enum(CONVERSATION_PLACES) }) },
    act: ({ params, body, caller }) => rooms.conversations.team.setPlace(params.id, body.place, toActor(caller)),
    present: { status: 200, schema: Conversation },
  })
