import { personOf } from '../caller.ts'
import { z } from 'zod'
import type { ConversationId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { signedInMembers } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'

export const followConversation = (rooms: Rooms) =>
  route({
    at: 'PUT /v1/conversations/:id/following',
    summary:
      'Follows or unfollows a conversation for the signed-in person, who is notified of answers of the customer.',
    authenticate: 'person',
    permit: signedInMembers,
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>(), body: z.strictObject({ follows: z.boolean() }) },
    act: ({ params, body, caller }) =>
      rooms.conversations.team.followers.set(params.id, personOf(caller).id, body.follows),
    present: { status: 204 },
  })
