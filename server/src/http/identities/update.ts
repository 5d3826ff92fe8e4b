import { toActor } from '../caller.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Identity, IdentityChanges, identityParams } from './identity.ts'

export const updateIdentity = ({ emailAccounts }: Rooms) =>
  route({
    at: 'PATCH /v1/email-accounts/:id/identities/:identityId',
    summary: 'Changes the given properties of a sender name. Queued messages are sent unchanged.',
    authenticate: 'person',
    permit: signedInAdmins,
    whose: ({ params }) => params.id,
    validate: { params: identityParams, body: IdentityChanges },
    act: ({ params: { id, identityId }, body, caller }) =>
      emailAccounts.updateIdentity(id, identityId, body, toActor(caller)),
    present: { status: 200, schema: Identity },
  })
