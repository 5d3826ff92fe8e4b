import { AppError } from '../../kernel/errors.ts'
import type { DraftAttachmentId, DraftId } from '../../kernel/ids.ts'
import { IMAGE, isImageType } from '../attachments/get-image.ts'
import { id, idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { whose } from '../whose.ts'
import { ownDraft } from './own-draft.ts'

/** Returns an image of a draft, for its editor. */
export const getDraftImage = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/drafts/:id/attachments/:attachmentId/image',
    summary: 'Returns an attached image (PNG, JPEG, GIF, WebP or BMP) of a draft of the caller.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofDraft(params.id),
    validate: { params: idParam<DraftId>().extend({ attachmentId: id<DraftAttachmentId>() }) },
    act: async ({ params, caller }) => {
      const draft = await ownDraft(rooms, params.id, caller)
      const attachment = draft.attachments.find((each) => each.id === params.attachmentId)
      if (!attachment || !isImageType(attachment.contentType)) throw new AppError('http.not_found')
      const bytes = await rooms.conversations.drafts.content(draft.id, attachment.id)
      if (!bytes) throw new AppError('http.not_found')
      return { contentType: attachment.contentType, bytes }
    },
    present: IMAGE,
  })
