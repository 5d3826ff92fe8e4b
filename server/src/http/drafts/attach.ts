import type { DraftId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { DraftAttachment, MAIL_LIMIT_BYTES, NewAttachment } from './draft.ts'
import { ownDraft } from './own-draft.ts'

export const attachToDraft = (rooms: Rooms) =>
  route({
    at: 'POST /v1/drafts/:id/attachments',
    summary: 'Attaches a file to a draft of the caller. Refused at once if it could not be sent.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofDraft(params.id),
    validate: { params: idParam<DraftId>(), body: NewAttachment },
    bodyLimitBytes: MAIL_LIMIT_BYTES,
    act: async ({ params, body, caller }) => {
      const { id, emailAccountId, attachments } = await ownDraft(rooms, params.id, caller)
      const sizes = [...attachments, { name: body.name, sizeBytes: body.content.length }]
      await rooms.submissions.checkAttachments(emailAccountId, sizes)
      const [attached] = await rooms.conversations.drafts.attach(id, [body])
      return attached!
    },
    present: { status: 201, schema: DraftAttachment },
  })
