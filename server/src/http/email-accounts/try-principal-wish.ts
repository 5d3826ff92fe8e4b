import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Preflight } from './email-account.ts'
import { wishParams } from './principal-wish.ts'

export const tryPrincipalWish = ({ principals }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/principal-wishes/:wishId/try',
    summary: "Checks the person's access to the mailbox. Changes nothing.",
    authenticate: 'person-or-key',
    permit: admins('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: wishParams },
    act: ({ params }) => principals.tryRequest(params.id, params.wishId),
    present: { status: 200, schema: Preflight },
  })
