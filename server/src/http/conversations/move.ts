import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import { sees, toActor } from '../caller.ts'
import { id, idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { agentsOf } from './agents-of.ts'
import { Conversation } from './conversation.ts'

export const moveConversation = (rooms: Rooms) =>
  route({
    at: 'POST /v1/conversations/:id/move',
    summary:
      'Moves a conversation to another mailbox of the caller: messages, notes, drafts, history and future replies. Its agents alone see it then. The messages stay where they are at the mail server.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: {
      params: idParam<ConversationId>(),
      body: z.strictObject({ emailAccountId: id<EmailAccountId>().describe('The mailbox that it moves to.') }),
    },
    act: async ({ params, body, caller }) => {
      if (!sees(caller, body.emailAccountId)) throw new AppError('http.not_found')
      const [from, { id: to }] = [
        await whose(rooms).ofConversation(params.id),
        await rooms.emailAccounts.get(body.emailAccountId),
      ]
      if (!sees(caller, from)) throw new AppError('http.not_found')
      const agentIds = await agentsOf(rooms, to)
      return rooms.conversations.team.moveToAccount(params.id, { from, to, agentIds, actor: toActor(caller) })
    },
    present: { status: 200, schema: Conversation },
  })
