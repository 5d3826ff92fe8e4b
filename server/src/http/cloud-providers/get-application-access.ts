import { z } from 'zod'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { emailAddress } from '../fields.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { ApplicationAccess } from './cloud-provider.ts'
import { presentReason } from './present.ts'

export const getApplicationAccess = ({ applicationAccess }: Rooms) =>
  route({
    at: 'GET /v1/cloud-providers/:id/application-access',
    summary:
      'Returns the mailboxes that the application can open, and the commands that limit its access to exactly its mailboxes.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {
      params: idParam<CloudProviderId>(),
      query: z.strictObject({
        address: emailAddress.optional().describe('Mailbox to be associated.'),
      }),
    },
    act: async ({ params, query }) => {
      const all = await applicationAccess.of(params.id, query.address === undefined ? [] : [query.address])
      const organizations = all.map(({ problem, ...one }) => ({ ...one, problem: presentReason(problem?.code) }))
      return { organizations }
    },
    present: { status: 200, schema: ApplicationAccess },
  })
