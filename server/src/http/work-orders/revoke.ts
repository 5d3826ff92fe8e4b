import type { WorkOrderId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { signedInAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const revokeWorkOrder = ({ workOrders }: Rooms) =>
  route({
    at: 'DELETE /v1/work-orders/:id',
    summary: 'Revokes the link of a work order.',
    authenticate: 'person',
    permit: signedInAdmins,
    validate: { params: idParam<WorkOrderId>() },
    act: ({ params, caller }) => workOrders.revokeLink(params.id, toActor(caller)),
    present: { status: 204 },
  })
