import { z } from 'zod'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { chosen, fieldsOf } from '../chosen-fields.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { FullMessage, PARTS, partsFor, partsOf, withParts } from './full-message.ts'
import { readHeader } from './read-header.ts'

const LONGEST_BODY = 2_000_000

const HeaderField = z.object({ name: z.string().describe('In lower case.'), value: z.string() })

const MessageWithHeaders = FullMessage.extend({
  headers: z
    .array(HeaderField)
    .optional()
    .describe('Header fields in their order, with encoded words; at most the first 256 kB. From the source.'),
})

export const getMessage = (rooms: Rooms) =>
  route({
    at: 'GET /v1/messages/:id',
    summary: 'Returns a message with its text.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: {
      params: idParam<StoredMessageId>(),
      query: z.strictObject({ include: partsOf([...PARTS, 'headers']), fields: fieldsOf(MessageWithHeaders) }),
    },
    hasETag: true,
    act: async ({ params, query }) => {
      const { body: _, ...head } = await rooms.conversations.messages.get(params.id)
      const wanted = partsFor(query.fields, query.include)
      const parts = wanted.filter((part) => part !== 'headers')
      const [message] = await withParts(rooms, [head], parts, LONGEST_BODY)
      return { ...message!, headers: wanted.includes('headers') ? await readHeader(rooms, head) : undefined }
    },
    present: {
      status: 200,
      schema: MessageWithHeaders,
      select: (message, { fields }) => chosen(message, fields),
    },
  })
