import { z } from 'zod'
import type { WebhookDeliveryId, WebhookEndpointId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { Event } from '../events/event.ts'
import { page } from '../fields.ts'
import { id, idParam } from '../ids.ts'
import { admins, freshAdminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { requireMail, shownUrl, WebhookDelivery } from './webhook.ts'

const deliveryParams = z.object({ id: id<WebhookEndpointId>(), deliveryId: id<WebhookDeliveryId>() })

export const listWebhookDeliveries = ({ webhooks }: Rooms) =>
  route({
    at: 'GET /v1/webhooks/:id/deliveries',
    summary:
      'Lists the latest deliveries of a webhook, newest first: all that wait, the last 200 delivered and the last 200 given up.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {
      params: idParam<WebhookEndpointId>(),
      query: z.strictObject({
        before: z.coerce.number().int().min(1).optional(),
        limit: page(200, 50),
        state: z.enum(['waiting', 'delivered', 'failed']).optional(),
      }),
    },
    act: ({ params, query }) => webhooks.deliveries.list(params.id, query),
    present: {
      status: 200,
      schema: z.object({ deliveries: z.array(WebhookDelivery), next: z.int().optional() }),
    },
  })

export const getWebhookDelivery = (rooms: Rooms) =>
  route({
    at: 'GET /v1/webhooks/:id/deliveries/:deliveryId',
    summary: 'Returns a delivery with its request, built from the event as it is now. Keys need mail:read, too.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: { params: deliveryParams },
    act: async ({ params, caller }) => {
      requireMail(caller)
      const delivery = await rooms.webhooks.deliveries.get(params.id, params.deliveryId)
      const url = shownUrl(caller, await rooms.webhooks.endpoints.get(params.id))
      const { request, ...others } = delivery
      return {
        ...others,
        ...(request && { request: { ...request, url, body: request.body } }),
      }
    },
    present: {
      status: 200,
      schema: WebhookDelivery.extend({
        request: z.object({ url: z.string(), webhookId: z.string(), body: Event }).optional(),
      }).meta({ id: 'WebhookDeliveryDetails' }),
    },
  })

export const replayWebhookDelivery = (rooms: Rooms) =>
  route({
    at: 'POST /v1/webhooks/:id/deliveries/:deliveryId/replay',
    summary: 'Delivers an event again, with the same id.',
    authenticate: 'person-or-key',
    permit: freshAdminsAndKeys('admin:write'),
    validate: { params: deliveryParams },
    act: ({ params, caller }) => rooms.webhooks.deliveries.replayOne(params.id, params.deliveryId, toActor(caller)),
    present: { status: 202, schema: WebhookDelivery },
  })
