import { z } from 'zod'
import { toAuthor } from '../caller.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { ListedDraft } from './draft.ts'

export const listDrafts = ({ conversations }: Rooms) =>
  route({
    at: 'GET /v1/drafts',
    summary: "Lists the caller's drafts, latest first, at most 200, without their texts.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: {},
    act: async ({ caller }) => ({
      drafts: await conversations.drafts.list({
        authorId: toAuthor(caller),
        emailAccountIds: caller.visibleAccounts,
      }),
    }),
    present: { status: 200, schema: z.object({ drafts: z.array(ListedDraft) }) },
  })
