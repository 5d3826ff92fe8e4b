import { z } from 'zod'
import type { DraftId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Draft, DRAFT_LIMIT_BYTES, DraftContent } from './draft.ts'
import { ownDraft } from './own-draft.ts'

export const saveDraft = (rooms: Rooms) =>
  route({
    at: 'PUT /v1/drafts/:id',
    summary: 'Saves a draft of the caller. Refused if it was saved elsewhere since `version`.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ params }) => whose(rooms).ofDraft(params.id),
    validate: {
      params: idParam<DraftId>(),
      body: z.strictObject({ content: DraftContent, version: z.int().min(0) }),
    },
    bodyLimitBytes: DRAFT_LIMIT_BYTES,
    act: async ({ params, body, caller }) => {
      const { id, emailAccountId, conversationId, authorId } = await ownDraft(rooms, params.id, caller)
      return rooms.conversations.drafts.save({ id, emailAccountId, conversationId, authorId, ...body })
    },
    present: { status: 200, schema: Draft },
  })
