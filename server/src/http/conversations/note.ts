import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId, PersonId } from '../../kernel/ids.ts'
import { personSees, toAuthor } from '../caller.ts'
import { id, idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Note } from './conversation.ts'

const MOST_MENTIONED = 50

export const addNote = (rooms: Rooms) =>
  route({
    at: 'POST /v1/conversations/:id/notes',
    summary: 'Adds a note that only the team can see.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofConversation(params.id),
    validate: {
      params: idParam<ConversationId>(),
      body: z.strictObject({
        body: z.string().trim().min(1).max(20_000),
        mentions: z
          .array(id<PersonId>())
          .max(MOST_MENTIONED)
          .default([])
          .describe('Ids of agents of the mailbox, who are notified.'),
      }),
    },
    act: async ({ params, body: { body, mentions }, caller }) => {
      if (mentions.length > 0) await checkMentions(rooms, mentions, await whose(rooms).ofConversation(params.id))
      return rooms.conversations.team.note(params.id, toAuthor(caller), body, mentions)
    },
    present: { status: 201, schema: Note },
  })

async function checkMentions({ people }: Rooms, mentions: readonly PersonId[], id: EmailAccountId): Promise<void> {
  const team = await people.people.list()
  const canRead = new Set(team.filter((person) => personSees(person, id)).map((person) => person.id))
  if (!mentions.every((each) => canRead.has(each))) {
    throw new AppError('conversations.mention_without_access', { field: 'mentions' })
  }
}
