import type { DraftId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { whose } from '../whose.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Draft } from './draft.ts'
import { ownDraft } from './own-draft.ts'

export const getDraft = (rooms: Rooms) =>
  route({
    at: 'GET /v1/drafts/:id',
    summary: 'Returns a draft of the caller.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofDraft(params.id),
    validate: { params: idParam<DraftId>() },
    act: ({ params, caller }) => ownDraft(rooms, params.id, caller),
    present: { status: 200, schema: Draft },
  })
