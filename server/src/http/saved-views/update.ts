import type { SavedViewId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { signedInMembers } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { SavedView, SavedViewInput, toEditor } from './saved-view.ts'

export const updateSavedView = ({ conversations }: Rooms) =>
  route({
    at: 'PUT /v1/saved-views/:id',
    summary: 'Changes a saved search of the caller. Admins and supervisors also change shared ones of others.',
    authenticate: 'person',
    permit: signedInMembers,
    // A view belongs to a person instead of a mailbox: the room checks the caller.
    whose: () => undefined,
    validate: { params: idParam<SavedViewId>(), body: SavedViewInput },
    act: ({ params, body, caller }) => conversations.savedViews.update(params.id, body, toEditor(caller)),
    present: { status: 200, schema: SavedView },
  })
