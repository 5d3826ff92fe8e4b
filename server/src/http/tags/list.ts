import { z } from 'zod'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Tag } from './tag.ts'

export const listTags = ({ conversations }: Rooms) =>
  route({
    at: 'GET /v1/tags',
    summary: 'Lists the tags of the installation by name, at most 500.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: {
      query: z.strictObject({
        state: z.enum(['current', 'deleted']).default('current').describe('`restore` brings deleted tags back.'),
      }),
    },
    hasETag: true,
    act: async ({ query }) => ({ tags: await conversations.tags.list(query.state) }),
    present: { status: 200, schema: z.object({ tags: z.array(Tag) }) },
  })
