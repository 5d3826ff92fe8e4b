import type { ConversationId } from '../../kernel/ids.ts'
import { toActor, toReader } from '../caller.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Conversation } from './conversation.ts'

export const markSeen = (rooms: Rooms) =>
  route({
    at: 'POST /v1/conversations/:id/seen',
    summary:
      'Marks a conversation as read, for the caller, or for everybody with a key. The mailbox changes only where an admin has switched on its actions.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>() },
    act: ({ params, caller }) =>
      caller.kind === 'person'
        ? rooms.conversations.reads.markSeen(params.id, toReader(caller))
        : rooms.conversations.team.markSeen(params.id, toActor(caller)),
    present: { status: 200, schema: Conversation },
  })
