import { z } from 'zod'
import type { CannedResponseId, DraftId } from '../../kernel/ids.ts'
import { DraftAttachment } from '../drafts/draft.ts'
import { ownDraft } from '../drafts/own-draft.ts'
import { id, idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { whose } from '../whose.ts'
import { authorOf } from './canned-response.ts'

export const applyCannedResponse = (rooms: Rooms) =>
  route({
    at: 'POST /v1/canned-responses/:id/use',
    summary: 'Returns the text of a canned response, counts its use, and attaches its files to a draft of the caller.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ body }) => (body.draftId === undefined ? undefined : whose(rooms).ofDraft(body.draftId)),
    validate: {
      params: idParam<CannedResponseId>(),
      body: z.strictObject({ draftId: id<DraftId>().optional().describe('Required if the response has files.') }),
    },
    act: async ({ params, body: { draftId }, caller }) => {
      const { writing, conversations, submissions } = rooms
      const by = authorOf(caller)
      const draft = draftId === undefined ? undefined : await ownDraft(rooms, draftId, caller)
      if (draft) {
        const { attachments } = await writing.cannedResponses.get(params.id, by)
        await submissions.checkAttachments(draft.emailAccountId, [...draft.attachments, ...attachments])
      }
      const { response, attachments } = await writing.cannedResponses.use(params.id, by)
      const { text, html } = response
      return { text, html, attachments: draft ? await conversations.drafts.attach(draft.id, attachments) : [] }
    },
    present: {
      status: 200,
      schema: z.object({ text: z.string(), html: z.string(), attachments: z.array(DraftAttachment) }),
    },
  })
