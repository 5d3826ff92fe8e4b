import { z } from 'zod'
import type { ConversationId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { MOST_HOLD_REASON } from '../../conversations/index.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { Conversation } from './conversation.ts'

export const setLegalHold = (rooms: Rooms) =>
  route({
    at: 'PUT /v1/conversations/:id/legal-hold',
    summary:
      'Puts a conversation on legal hold: nothing deletes its messages until the hold is removed, neither retention nor erasing a person nor removing its mailbox. Merging and splitting keep the hold. Changes the reason of one that is on hold.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: {
      params: idParam<ConversationId>(),
      body: z.strictObject({ reason: z.string().trim().min(1).max(MOST_HOLD_REASON) }),
    },
    act: ({ params, body, caller }) => rooms.conversations.team.hold(params.id, body.reason, toActor(caller)),
    present: { status: 200, schema: Conversation },
  })

export const removeLegalHold = (rooms: Rooms) =>
  route({
    at: 'DELETE /v1/conversations/:id/legal-hold',
    summary: 'Removes the legal hold of a conversation. Its messages can be deleted again.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>() },
    act: ({ params, caller }) => rooms.conversations.team.removeHold(params.id, toActor(caller)),
    present: { status: 200, schema: Conversation },
  })
