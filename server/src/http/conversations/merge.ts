import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import { toActor, sees } from '../caller.ts'
import { id, idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { Conversation } from './conversation.ts'

export const mergeConversation = (rooms: Rooms) =>
  route({
    at: 'POST /v1/conversations/:id/merge',
    summary: 'Merges a conversation into another one of the same mailbox: messages, notes, drafts and future replies.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>(), body: z.strictObject({ into: id<ConversationId>() }) },
    act: async ({ params, body, caller }) => {
      // A conversation in a mailbox without access for the caller is reported as not found.
      if (!sees(caller, await whose(rooms).ofConversation(body.into))) throw new AppError('http.not_found')
      return rooms.conversations.team.merge(params.id, body.into, toActor(caller))
    },
    present: { status: 200, schema: Conversation },
  })
