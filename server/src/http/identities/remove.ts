import { toActor } from '../caller.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { identityParams } from './identity.ts'

export const removeIdentity = ({ emailAccounts }: Rooms) =>
  route({
    at: 'DELETE /v1/email-accounts/:id/identities/:identityId',
    summary: 'Removes a sender name. Queued messages are still sent with it.',
    authenticate: 'person',
    permit: signedInAdmins,
    whose: ({ params }) => params.id,
    validate: { params: identityParams },
    act: ({ params: { id, identityId }, caller }) => emailAccounts.removeIdentity(id, identityId, toActor(caller)),
    present: { status: 204 },
  })
