import type { StoredMessageId } from '../../kernel/ids.ts'
import { Message } from '../conversations/conversation.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const getMessage = (rooms: Rooms) =>
  route({
    at: 'GET /v1/messages/:id',
    summary: 'Returns a message without its body.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: { params: idParam<StoredMessageId>() },
    act: ({ params }) => rooms.conversations.messages.get(params.id),
    present: { status: 200, schema: Message },
  })
