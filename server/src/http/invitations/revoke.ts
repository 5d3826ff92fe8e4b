import type { PersonLinkId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const revokeInvitation = ({ people }: Rooms) =>
  route({
    at: 'DELETE /v1/invitations/:id',
    summary: 'Revokes an invitation.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<PersonLinkId>() },
    act: ({ params, caller }) => people.links.revoke(params.id, toActor(caller)),
    present: { status: 204 },
  })
