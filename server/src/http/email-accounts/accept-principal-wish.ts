import { actorOf } from '../caller.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { EmailAccount } from './email-account.ts'
import { wishParams } from './principal-wish.ts'

export const acceptPrincipalWish = ({ principals }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/principal-wishes/:wishId/accept',
    summary: 'Makes the person the principal of the mailbox after a check. Refused if they cannot read it.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: wishParams },
    act: ({ params, caller }) => principals.acceptRequest(params.id, params.wishId, actorOf(caller)),
    present: { status: 200, schema: EmailAccount },
  })
