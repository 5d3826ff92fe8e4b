import { signedInMembers } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { SavedView, SavedViewInput } from './saved-view.ts'

export const createSavedView = ({ conversations }: Rooms) =>
  route({
    at: 'POST /v1/saved-views',
    summary: 'Saves a search under a name, for the caller or for the team.',
    authenticate: 'person',
    permit: signedInMembers,
    validate: { body: SavedViewInput },
    act: ({ body, caller }) => conversations.savedViews.create(body, caller.id),
    present: { status: 201, schema: SavedView },
  })
