import { z } from 'zod'
import { secret, Time } from '../fields.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { WorkOrder } from './work-order.ts'

export const previewWorkOrder = ({ workOrders }: Rooms) =>
  route({
    at: 'POST /v1/work-orders/preview',
    summary: 'Returns the content of a work-order link, by the token behind its #.',
    authenticate: 'none',
    permit: anyone,
    validate: { body: z.strictObject({ token: secret(1, 200) }) },
    linkOf: ({ body }) => body.token,
    act: ({ body }) => workOrders.look(body.token),
    present: { status: 200, schema: z.object({ workOrder: WorkOrder, expiresAt: Time }) },
  })
