import { z } from 'zod'
import type { ConversationId } from '../../kernel/ids.ts'
import { toAuthor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { Activity, ViewerList, withNames } from './viewer.ts'

export const reportPresence = (rooms: Rooms) =>
  route({
    at: 'PUT /v1/conversations/:id/presence',
    summary: 'Reports that the caller views or writes in a conversation, for 30 seconds. Returns the others.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>(), body: z.strictObject({ activity: Activity }) },
    act: async ({ params, body, caller }) =>
      withNames(rooms, await rooms.conversations.team.viewers.report(params.id, toAuthor(caller), body.activity)),
    present: { status: 200, schema: ViewerList },
  })
