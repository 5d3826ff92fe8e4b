import type { ConversationId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Conversation } from './conversation.ts'

export const waitForCustomer = (rooms: Rooms) =>
  route({
    at: 'POST /v1/conversations/:id/wait',
    summary: 'Marks a conversation as waiting for the customer. Their next message opens it.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>() },
    act: ({ params, caller }) => rooms.conversations.team.wait(params.id, toActor(caller)),
    present: { status: 200, schema: Conversation },
  })
