import type { SavedViewId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { signedInMembers } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { toEditor } from './saved-view.ts'

export const removeSavedView = ({ conversations }: Rooms) =>
  route({
    at: 'DELETE /v1/saved-views/:id',
    summary: 'Deletes a saved search of the caller. Admins and supervisors also delete shared ones of others.',
    authenticate: 'person',
    permit: signedInMembers,
    // A view belongs to a person instead of a mailbox: the room checks the caller.
    whose: () => undefined,
    validate: { params: idParam<SavedViewId>() },
    act: ({ params, caller }) => conversations.savedViews.remove(params.id, toEditor(caller)),
    present: { status: 204 },
  })
