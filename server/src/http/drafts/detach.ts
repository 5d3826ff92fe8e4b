import type { DraftAttachmentId, DraftId } from '../../kernel/ids.ts'
import { id, idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { ownDraft } from './own-draft.ts'

export const detachFromDraft = (rooms: Rooms) =>
  route({
    at: 'DELETE /v1/drafts/:id/attachments/:attachmentId',
    summary: 'Removes an attachment from a draft of the caller.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofDraft(params.id),
    validate: { params: idParam<DraftId>().extend({ attachmentId: id<DraftAttachmentId>() }) },
    act: async ({ params, caller }) => {
      const draft = await ownDraft(rooms, params.id, caller)
      await rooms.conversations.drafts.detach(draft.id, params.attachmentId)
    },
    present: { status: 204 },
  })
