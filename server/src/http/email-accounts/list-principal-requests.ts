import { z } from 'zod'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { PrincipalRequest } from './principal-request.ts'

export const listPrincipalRequests = ({ principals }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/principal-requests',
    summary: 'Lists sign-ins that requested to replace the principal of the mailbox, pending until an admin decides.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params }) => ({ requests: await principals.requests(params.id) }),
    present: { status: 200, schema: z.object({ requests: z.array(PrincipalRequest) }) },
  })
