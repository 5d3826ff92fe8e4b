import type { DraftId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { Draft } from './draft.ts'
import { ownDiscardedDraft } from './own-draft.ts'

export const restoreDraft = (rooms: Rooms) =>
  route({
    at: 'POST /v1/drafts/:id/restore',
    summary: 'Brings back a discarded draft of the caller with its attachments, within a day.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofDiscardedDraft(params.id),
    validate: { params: idParam<DraftId>() },
    act: async ({ params, caller }) => {
      const { id } = await ownDiscardedDraft(rooms, params.id, caller)
      return rooms.conversations.drafts.bringBack(id)
    },
    present: { status: 200, schema: Draft },
  })
