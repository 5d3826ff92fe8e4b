import { z } from 'zod'
import type { WebhookEndpointId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { name } from '../fields.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AlertWebhook, shownTo, webhookUrl } from './alert-webhook.ts'

export const changeAlertWebhook = ({ alerts }: Rooms) =>
  route({
    at: 'PATCH /v1/alert-webhooks/:id',
    summary:
      'Changes the name or address of a webhook, or its state; the secret stays the same. Activated, it sends the alerts that wait.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: {
      params: idParam<WebhookEndpointId>(),
      body: z.strictObject({
        name: name.optional(),
        url: webhookUrl.optional(),
        state: z.enum(['active', 'disabled']).optional(),
      }),
    },
    act: async ({ params, body, caller }) =>
      shownTo(caller, await alerts.changeWebhook(params.id, body, toActor(caller))),
    present: { status: 200, schema: AlertWebhook },
  })
