import { toActor } from '../caller.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { z } from 'zod'
import { RequestedOrder, completeRequest, WorkOrderLink } from './work-order.ts'

export const createWorkOrderLink = ({ workOrders }: Rooms) =>
  route({
    at: 'POST /v1/work-orders',
    summary: 'Creates a link to a work order, valid for seven days without an account. The address is shown once.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { body: RequestedOrder },
    act: async ({ body, caller }) => {
      const { link, url } = await workOrders.createLink(completeRequest(body), toActor(caller))
      return { link, url: url.reveal() }
    },
    present: {
      status: 201,
      schema: z.object({ link: WorkOrderLink, url: z.string() }),
      location: ({ link }) => `/v1/work-orders/${link.id}`,
    },
  })
