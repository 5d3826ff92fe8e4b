import { actorOf } from '../caller.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { wishParams } from './principal-wish.ts'

export const dismissPrincipalWish = ({ principals }: Rooms) =>
  route({
    at: 'DELETE /v1/email-accounts/:id/principal-wishes/:wishId',
    summary: 'Declines the request and deletes its sign-in. The mailbox keeps its principal.',
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: wishParams },
    act: ({ params, caller }) => principals.dismissRequest(params.id, params.wishId, actorOf(caller)),
    present: { status: 204 },
  })
