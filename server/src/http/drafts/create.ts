import { toAuthor } from '../caller.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Draft, DRAFT_LIMIT_BYTES, NewDraft } from './draft.ts'

export const createDraft = (rooms: Rooms) =>
  route({
    at: 'POST /v1/drafts',
    summary: 'Creates a draft.',
    authenticate: 'person-or-key',
    permit: members('mail:write'),
    whose: ({ body }) => whose(rooms).ofNew(body),
    validate: { body: NewDraft },
    bodyLimitBytes: DRAFT_LIMIT_BYTES,
    act: ({ body, caller }) => rooms.conversations.drafts.save({ ...body, authorId: toAuthor(caller) }),
    present: { status: 201, schema: Draft },
  })
