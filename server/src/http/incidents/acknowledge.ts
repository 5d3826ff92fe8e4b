import type { IncidentId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { IncidentWithTimeline, presentDetails } from './get.ts'

export const acknowledgeIncident = (rooms: Rooms) =>
  route({
    at: 'POST /v1/incidents/:id/acknowledge',
    summary: 'Acknowledges an incident and stops its reminders. The notification of its end is still sent.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: { params: idParam<IncidentId>() },
    act: async ({ params, caller }) =>
      presentDetails(rooms, await rooms.incidents.acknowledge(params.id, toActor(caller))),
    present: { status: 200, schema: IncidentWithTimeline },
  })
