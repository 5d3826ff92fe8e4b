import { actorOf } from '../caller.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { z } from 'zod'
import { Wish, wishOf, WorkOrderLink } from './work-order.ts'

export const createWorkOrderLink = ({ workOrders }: Rooms) =>
  route({
    at: 'POST /v1/work-orders',
    summary: 'A work order as a link that needs no login, for seven days. The address is told once.',
    authenticate: 'person',
    permit: admins('admin:write'),
    validate: { body: Wish },
    act: async ({ body, caller }) => {
      const { link, url } = await workOrders.createLink(wishOf(body), actorOf(caller))
      return { link, url: url.reveal() }
    },
    present: { status: 201, schema: z.object({ link: WorkOrderLink, url: z.string() }) },
  })
