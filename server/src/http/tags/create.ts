import { z } from 'zod'
import { toActor } from '../caller.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Tag, tagColor, tagName } from './tag.ts'

export const createTag = ({ conversations }: Rooms) =>
  route({
    at: 'POST /v1/tags',
    summary: 'Creates a tag. Without a color, it gets the one that the fewest tags have.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    validate: { body: z.strictObject({ name: tagName, color: tagColor.optional() }) },
    act: ({ body, caller }) => conversations.tags.create(body, toActor(caller)),
    present: { status: 201, schema: Tag },
  })
