import type { WebhookEndpointId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { CreatedWebhook, presentWebhook, requireMail } from './webhook.ts'

export const rotateWebhookSecret = (rooms: Rooms) =>
  route({
    at: 'POST /v1/webhooks/:id/secret',
    summary: 'Creates a new secret, shown once. For a day, requests have signatures of both secrets.',
    authenticate: 'person-or-key',
    permit: freshAdminsAndKeys('admin:write'),
    validate: { params: idParam<WebhookEndpointId>() },
    act: async ({ params, caller }) => {
      requireMail(caller)
      const { endpoint, secret } = await rooms.webhooks.endpoints.rotate(params.id, toActor(caller))
      return { ...(await presentWebhook(rooms, caller, endpoint)), secret: secret.reveal() }
    },
    present: { status: 201, schema: CreatedWebhook, location: ({ id }) => `/v1/webhooks/${id}` },
  })
