import type { WebhookEndpointId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { presentWebhook, Webhook } from './webhook.ts'

export const getWebhook = (rooms: Rooms) =>
  route({
    at: 'GET /v1/webhooks/:id',
    summary: 'Returns a webhook.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: idParam<WebhookEndpointId>() },
    hasETag: true,
    act: async ({ params, caller }) => presentWebhook(rooms, caller, await rooms.webhooks.endpoints.get(params.id)),
    present: { status: 200, schema: Webhook },
  })
