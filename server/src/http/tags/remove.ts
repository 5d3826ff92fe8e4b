import type { TagId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const removeTag = ({ conversations }: Rooms) =>
  route({
    at: 'DELETE /v1/tags/:id',
    summary: 'Deletes a tag, also from all conversations. `restore` brings it back.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: { params: idParam<TagId>() },
    act: ({ params, caller }) => conversations.tags.delete(params.id, toActor(caller)),
    present: { status: 204 },
  })
