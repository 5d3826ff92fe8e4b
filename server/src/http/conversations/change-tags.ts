import { z } from 'zod'
import type { ConversationId, TagId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { id, idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { Conversation } from './conversation.ts'

/** As many tags as a conversation can have. */
const MOST_CHANGED = 20

export const changeConversationTags = (rooms: Rooms) =>
  route({
    at: 'POST /v1/conversations/:id/tags',
    summary:
      'Adds tags to a conversation and removes others. Tags not named stay, so two agents can change them at once.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: {
      params: idParam<ConversationId>(),
      body: z.strictObject({
        add: z.array(id<TagId>()).max(MOST_CHANGED).default([]),
        remove: z.array(id<TagId>()).max(MOST_CHANGED).default([]),
      }),
    },
    act: ({ params, body, caller }) => rooms.conversations.tagging.change(params.id, body, toActor(caller)),
    present: { status: 200, schema: Conversation },
  })
