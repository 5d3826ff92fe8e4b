import { z } from 'zod'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { readAttachments } from './read-attachments.ts'

export const Attachment = z
  .object({
    id: z.string(),
    name: z.string(),
    contentType: z.string(),
    sizeBytes: z.int(),
    contentId: z.string().optional().describe('Without <>: the HTML shows it as `cid:` and this id.'),
    isInline: z.boolean(),
    kind: z.enum(['file', 'item', 'link']),
  })
  .meta({ id: 'Attachment' })

export const listAttachments = (rooms: Rooms) =>
  route({
    at: 'GET /v1/messages/:id/attachments',
    summary: 'Lists the attachments of a message. On first access they are requested from the server.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: { params: idParam<StoredMessageId>() },
    act: async ({ params }) => ({
      attachments: await readAttachments(rooms, await rooms.conversations.messages.get(params.id)),
    }),
    present: { status: 200, schema: z.object({ attachments: z.array(Attachment) }) },
  })
