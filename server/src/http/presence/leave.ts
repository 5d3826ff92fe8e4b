import type { ConversationId } from '../../kernel/ids.ts'
import { toAuthor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'

export const endPresence = (rooms: Rooms) =>
  route({
    at: 'DELETE /v1/conversations/:id/presence',
    summary: 'Reports that the caller has closed a conversation.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>() },
    act: ({ params, caller }) => rooms.conversations.team.viewers.leave(params.id, toAuthor(caller)),
    present: { status: 204 },
  })
