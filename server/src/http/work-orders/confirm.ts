import { z } from 'zod'
import type { WorkOrderId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { CloudProvider } from '../cloud-providers/cloud-provider.ts'
import { contact, NewCredential } from '../cloud-providers/inputs.ts'
import { presentProvider } from '../cloud-providers/present.ts'
import { name } from '../fields.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const confirmWorkOrder = (rooms: Rooms) =>
  route({
    at: 'POST /v1/work-orders/:id/confirm',
    summary: 'Creates a cloud provider from the ids that were handed back.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: {
      params: idParam<WorkOrderId>(),
      body: z.strictObject({ name, contact, deputy: contact.optional(), credential: NewCredential.optional() }),
    },
    act: async ({ params, body, caller }) =>
      presentProvider(rooms, await rooms.workOrders.confirm(params.id, body, toActor(caller))),
    present: { status: 201, schema: CloudProvider, location: ({ id }) => `/v1/cloud-providers/${id}` },
  })
