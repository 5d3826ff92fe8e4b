import type { StoredMessageId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { Message } from '../conversations/conversation.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'

export const keepTogether = (rooms: Rooms) =>
  route({
    at: 'POST /v1/messages/:id/keep-together',
    summary: 'Keeps a message with a different subject in its conversation and closes the proposal to split it.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: { params: idParam<StoredMessageId>() },
    act: async ({ params, caller }) => {
      await rooms.conversations.team.keepTogether(params.id, toActor(caller))
      return rooms.conversations.messages.get(params.id)
    },
    present: { status: 200, schema: Message },
  })
