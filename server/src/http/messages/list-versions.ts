import { z } from 'zod'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { Time } from '../fields.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'

const MessageVersion = z
  .object({
    id: z.string(),
    replacedAt: Time.describe('Time at which Postkey found the new content.'),
    preview: z.string(),
    hasAttachments: z.boolean(),
    attachments: z
      .array(z.object({ name: z.string(), contentType: z.string(), sizeBytes: z.int() }))
      .optional()
      .describe('Absent if they were never listed.'),
  })
  .meta({ id: 'MessageVersion' })

export const listVersions = (rooms: Rooms) =>
  route({
    at: 'GET /v1/messages/:id/versions',
    summary: 'Lists earlier contents of a message that its server replaced, the latest first.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: { params: idParam<StoredMessageId>() },
    act: async ({ params }) => ({ versions: await rooms.conversations.messages.versions(params.id) }),
    present: { status: 200, schema: z.object({ versions: z.array(MessageVersion) }) },
  })
