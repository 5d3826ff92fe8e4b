import { z } from 'zod'
import type { ConversationId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { zonedTime } from '../fields.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Conversation } from './conversation.ts'

export const snoozeConversation = (rooms: Rooms) =>
  route({
    at: 'POST /v1/conversations/:id/snooze',
    summary:
      'Snoozes a conversation until a time, at most a year from now. A message of the customer opens it earlier.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>(), body: z.strictObject({ until: zonedTime }) },
    act: ({ params, body, caller }) => rooms.conversations.team.snooze(params.id, body.until, toActor(caller)),
    present: { status: 200, schema: Conversation },
  })
