import { z } from 'zod'
import { entraId } from '../cloud-providers/inputs.ts'
import { line, secret } from '../fields.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const handBackWorkOrder = ({ workOrders }: Rooms) =>
  route({
    at: 'POST /v1/work-orders/hand-back',
    summary:
      'Proposes the ids of the finished registration, once per link. An admin confirms them before they are used.',
    authenticate: 'none',
    permit: anyone,
    validate: {
      body: z.strictObject({
        token: secret(1, 200),
        tenantId: entraId,
        clientId: entraId,
        domain: line.max(253).optional().describe('Domain of the organization, such as contoso.com.'),
      }),
    },
    linkOf: ({ body }) => body.token,
    act: ({ body: { token, ...proposal } }) => workOrders.handBack(token, proposal),
    present: { status: 204 },
  })
