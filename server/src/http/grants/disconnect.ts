import type { GrantId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const disconnectGrant = ({ grants }: Rooms) =>
  route({
    at: 'DELETE /v1/grants/:id',
    summary: 'Deletes a grant and its tokens. Refused while it is the principal of a mailbox.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { params: idParam<GrantId>() },
    act: ({ params, caller }) => grants.disconnect(params.id, toActor(caller)),
    present: { status: 204 },
  })
