import type { WebhookEndpointId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const removeWebhook = (rooms: Rooms) =>
  route({
    at: 'DELETE /v1/webhooks/:id',
    summary: 'Removes a webhook with its secrets and deliveries. A key removes its own webhooks.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: { params: idParam<WebhookEndpointId>() },
    act: ({ params, caller }) => rooms.webhooks.endpoints.remove(params.id, toActor(caller)),
    present: { status: 204 },
  })
