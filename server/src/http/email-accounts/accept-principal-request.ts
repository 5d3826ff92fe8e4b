import { toActor } from '../caller.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'
import { requestParams } from './principal-request.ts'

export const acceptPrincipalRequest = ({ principals }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/principal-requests/:requestId/accept',
    summary: 'Makes the person the principal of the mailbox after a check. Refused if they cannot read it.',
    authenticate: 'person',
    permit: signedInAdmins,
    whose: ({ params }) => params.id,
    validate: { params: requestParams },
    act: ({ params, caller }) => principals.acceptRequest(params.id, params.requestId, toActor(caller)),
    present: { status: 200, schema: EmailAccount },
  })
