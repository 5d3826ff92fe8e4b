import type { DraftId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { ownDraft } from './own-draft.ts'

export const removeDraft = (rooms: Rooms) =>
  route({
    at: 'DELETE /v1/drafts/:id',
    summary: 'Discards a draft of the caller. It is deleted after a day; until then, `restore` brings it back.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofDraft(params.id),
    validate: { params: idParam<DraftId>() },
    act: async ({ params, caller }) => {
      const { id } = await ownDraft(rooms, params.id, caller)
      await rooms.conversations.drafts.discard(id)
    },
    present: { status: 204 },
  })
