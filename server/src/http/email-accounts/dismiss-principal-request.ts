import { toActor } from '../caller.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { requestParams } from './principal-request.ts'

export const dismissPrincipalRequest = ({ principals }: Rooms) =>
  route({
    at: 'DELETE /v1/email-accounts/:id/principal-requests/:requestId',
    summary: 'Declines the request and deletes its sign-in. The mailbox keeps its principal.',
    authenticate: 'person',
    permit: signedInAdmins,
    whose: ({ params }) => params.id,
    validate: { params: requestParams },
    act: ({ params, caller }) => principals.dismissRequest(params.id, params.requestId, toActor(caller)),
    present: { status: 204 },
  })
