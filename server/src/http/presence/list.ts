import type { ConversationId } from '../../kernel/ids.ts'
import { toAuthor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { ViewerList, withNames } from './viewer.ts'

export const listPresence = (rooms: Rooms) =>
  route({
    at: 'GET /v1/conversations/:id/presence',
    summary: 'Lists others who currently view or write in a conversation. The event stream announces each change.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>() },
    act: async ({ params, caller }) =>
      withNames(rooms, await rooms.conversations.team.viewers.list(params.id, toAuthor(caller))),
    present: { status: 200, schema: ViewerList },
  })
