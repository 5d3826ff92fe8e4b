import { z } from 'zod'
import { EVENT_KINDS } from '../../events/index.ts'
import type { WebhookEndpointId } from '../../kernel/ids.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { WebhookTestResult } from './webhook.ts'

export const testWebhook = ({ webhooks }: Rooms) =>
  route({
    at: 'POST /v1/webhooks/:id/test',
    summary:
      'Sends the example of a kind to a webhook now and returns its answer. The `webhook-id` begins with `test-`.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: {
      params: idParam<WebhookEndpointId>(),
      body: z.strictObject({ kind: z.enum(EVENT_KINDS as [(typeof EVENT_KINDS)[number]]).optional() }),
    },
    act: ({ params, body }) => webhooks.test(params.id, body.kind),
    present: { status: 200, schema: WebhookTestResult },
  })
