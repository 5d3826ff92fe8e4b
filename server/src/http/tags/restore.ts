import type { TagId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Tag } from './tag.ts'

export const restoreTag = ({ conversations }: Rooms) =>
  route({
    at: 'POST /v1/tags/:id/restore',
    summary: 'Restores a deleted tag, also on the conversations that had it.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: { params: idParam<TagId>() },
    act: ({ params, caller }) => conversations.tags.restore(params.id, toActor(caller)),
    present: { status: 200, schema: Tag },
  })
