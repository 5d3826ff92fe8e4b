import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { DraftId, StoredMessageId } from '../../kernel/ids.ts'
import type { OutgoingAttachment } from '../../mail/index.ts'
import { id, idParam } from '../ids.ts'
import { attachmentBytes } from '../attachments/bytes-of.ts'
import { copyOf } from '../attachments/copy-of.ts'
import { readAttachments } from '../messages/read-attachments.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { DraftAttachment } from './draft.ts'
import { ownDraft } from './own-draft.ts'

export const attachForwarded = (rooms: Rooms) =>
  route({
    at: 'POST /v1/drafts/:id/forwarded-attachments',
    summary: 'Copies the attachments of a message into a draft of the caller in the same mailbox, all or none.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: async ({ params, body }) => {
      const of = whose(rooms)
      const [account, other] = await Promise.all([of.ofDraft(params.id), of.ofMessage(body.messageId)])
      if (account !== other) throw new AppError('http.not_found')
      return account
    },
    validate: { params: idParam<DraftId>(), body: z.strictObject({ messageId: id<StoredMessageId>() }) },
    act: async ({ params, body, caller }) => {
      const draft = await ownDraft(rooms, params.id, caller)
      const { conversations, submissions } = rooms
      const message = await conversations.messages.get(body.messageId)
      // A link to a cloud file has no bytes, and its address is in the text.
      const wanted = (await readAttachments(rooms, message)).filter(({ kind }) => kind !== 'link')
      if (wanted.length === 0) return { attachments: [] }
      // Checked before any attachment is downloaded.
      await submissions.checkAttachments(draft.emailAccountId, [...draft.attachments, ...wanted])
      const { attachmentBytes: maxBytes } = await submissions.limitsOf(draft.emailAccountId)
      const bytesOf = await attachmentBytes(rooms, message)
      const copies: OutgoingAttachment[] = []
      for (const each of wanted) {
        copies.push(copyOf(each, await buffer(bytesOf(each, maxBytes))))
      }
      return { attachments: await conversations.drafts.attach(draft.id, copies) }
    },
    present: { status: 201, schema: z.object({ attachments: z.array(DraftAttachment) }) },
  })
