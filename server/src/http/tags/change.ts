import { z } from 'zod'
import type { TagId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Tag, tagColor, tagName } from './tag.ts'

export const changeTag = ({ conversations }: Rooms) =>
  route({
    at: 'PATCH /v1/tags/:id',
    summary: 'Changes the name or color of a tag, on all conversations.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: {
      params: idParam<TagId>(),
      body: z.strictObject({ name: tagName.optional(), color: tagColor.optional() }),
    },
    act: ({ params, body, caller }) => conversations.tags.change(params.id, body, toActor(caller)),
    present: { status: 200, schema: Tag },
  })
