import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { RequestedOrder, completeRequest, WorkOrder } from './work-order.ts'

/** POST, because the input is too long for an address; nothing is stored. */
export const drawWorkOrder = ({ workOrders }: Rooms) =>
  route({
    at: 'POST /v1/work-orders/draw',
    summary:
      'Returns everything needed to register the application: steps, permissions, scripts, manifest. Stores nothing.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { body: RequestedOrder },
    act: async ({ body }) => workOrders.draw(completeRequest(body)),
    present: { status: 200, schema: WorkOrder },
  })
