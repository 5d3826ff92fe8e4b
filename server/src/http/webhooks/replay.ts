import { z } from 'zod'
import type { WebhookEndpointId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { zonedTime } from '../fields.ts'
import { idParam } from '../ids.ts'
import { freshAdminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const replayWebhook = (rooms: Rooms) =>
  route({
    at: 'POST /v1/webhooks/:id/replay',
    summary:
      'Delivers events again that the webhook would receive: all after an event, or those between two times. Same ids, in their order, beside new events. One replay at a time.',
    authenticate: 'person-or-key',
    permit: freshAdminsAndKeys('admin:write'),
    validate: {
      params: idParam<WebhookEndpointId>(),
      body: z.union([
        z.strictObject({ after: z.int().min(0).describe('Id of an event.') }),
        z.strictObject({ from: zonedTime, to: zonedTime }),
      ]),
    },
    act: ({ params, body, caller }) => rooms.webhooks.deliveries.replay(params.id, body, toActor(caller)),
    present: {
      status: 202,
      schema: z.object({ after: z.int(), until: z.int() }).describe('Ids: before the first, and of the last event.'),
    },
  })
