import { z } from 'zod'
import type { ConversationId } from '../../kernel/ids.ts'
import { toAuthor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Note } from './conversation.ts'

export const addNote = (rooms: Rooms) =>
  route({
    at: 'POST /v1/conversations/:id/notes',
    summary: 'Adds a note that only the team can see.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: {
      params: idParam<ConversationId>(),
      body: z.strictObject({ body: z.string().trim().min(1).max(20_000) }),
    },
    act: ({ params, body, caller }) => rooms.conversations.team.note(params.id, toAuthor(caller), body.body),
    present: { status: 201, schema: Note },
  })
