import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Wish, wishOf, WorkOrder } from './work-order.ts'

/** POST, because a wish is too much for an address; nothing is kept. */
export const drawWorkOrder = ({ workOrders }: Rooms) =>
  route({
    at: 'POST /v1/work-orders/draw',
    summary: 'All that is needed to register the application: steps, permissions, scripts, manifest. Keeps nothing.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { body: Wish },
    act: async ({ body }) => workOrders.draw(wishOf(body)),
    present: { status: 200, schema: WorkOrder },
  })
