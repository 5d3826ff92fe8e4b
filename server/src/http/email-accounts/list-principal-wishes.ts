import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { PrincipalWish } from './principal-wish.ts'

export const listPrincipalWishes = ({ principals }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/principal-wishes',
    summary: 'Lists sign-ins that requested to replace the principal of the mailbox, pending until an admin decides.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params }) => ({ wishes: await principals.requests(params.id) }),
    present: { status: 200, schema: z.object({ wishes: z.array(PrincipalWish) }) },
  })
