import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Preflight } from './email-account.ts'
import { requestParams } from './principal-request.ts'

export const tryPrincipalRequest = ({ principals }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/principal-requests/:requestId/try',
    summary: "Checks the person's access to the mailbox. Changes nothing.",
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: requestParams },
    act: ({ params }) => principals.tryRequest(params.id, params.requestId),
    present: { status: 200, schema: Preflight },
  })
