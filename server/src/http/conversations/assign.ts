import { z } from 'zod'
import type { ConversationId, PersonId } from '../../kernel/ids.ts'
import { personSees, toActor } from '../caller.ts'
import { AppError } from '../../kernel/errors.ts'
import { idParam, id } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Conversation } from './conversation.ts'

export const assignConversation = (rooms: Rooms) =>
  route({
    at: 'PUT /v1/conversations/:id/assignee',
    summary: 'Assigns a conversation to an agent of its mailbox, or removes the assignment (null).',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: { params: idParam<ConversationId>(), body: z.strictObject({ assigneeId: id<PersonId>().nullable() }) },
    act: async ({ params, body, caller }) => {
      const { assigneeId } = body
      if (assigneeId !== null) {
        const assignee = await rooms.people.people.get(assigneeId)
        const account = await whose(rooms).ofConversation(params.id)
        if (!personSees(assignee, account)) throw new AppError('people.not_a_member')
      }
      return rooms.conversations.team.assign(params.id, assigneeId ?? undefined, toActor(caller))
    },
    present: { status: 200, schema: Conversation },
  })
