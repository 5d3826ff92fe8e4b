import type { StoredMessageId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { Message } from '../conversations/conversation.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { readSource } from './source-of.ts'

export const readAgain = (rooms: Rooms) =>
  route({
    at: 'POST /v1/messages/:id/read-again',
    summary: 'Reads the source of a message again, for one in quarantine after an update with a better parser.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: { params: idParam<StoredMessageId>() },
    act: async ({ params, caller }) => {
      const message = await rooms.conversations.messages.get(params.id)
      const { source, isRecord } = await readSource(rooms, message)
      const { servers, trustedAuthServId: trusted } = await rooms.emailAccounts.get(message.remoteAccountId)
      // Microsoft's sender checks need no named server.
      const trustedAuthServId = servers ? trusted : ''
      const read = await rooms.parser.parse(source, { trustedAuthServId })
      return rooms.conversations.quarantine.readAgain(
        params.id,
        { ...read, source },
        { isRecord, actor: toActor(caller) },
      )
    },
    present: { status: 200, schema: Message },
  })
