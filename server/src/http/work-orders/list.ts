import { z } from 'zod'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { WorkOrderLink } from './work-order.ts'

export const listWorkOrders = ({ workOrders }: Rooms) =>
  route({
    at: 'GET /v1/work-orders',
    summary: 'Lists work orders with links, and the ids handed back.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: async () => ({ workOrders: await workOrders.listLinks() }),
    present: { status: 200, schema: z.object({ workOrders: z.array(WorkOrderLink) }) },
  })
