import { z } from 'zod'
import { signedInMembers } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { SavedView } from './saved-view.ts'

export const listSavedViews = ({ conversations }: Rooms) =>
  route({
    at: 'GET /v1/saved-views',
    summary: "Lists the caller's saved searches, and those that are shared with the team, by name.",
    authenticate: 'person',
    permit: signedInMembers,
    validate: {},
    act: async ({ caller }) => ({ savedViews: await conversations.savedViews.list(caller.id) }),
    present: { status: 200, schema: z.object({ savedViews: z.array(SavedView) }) },
  })
