import { z } from 'zod'
import type { WebhookEndpointId } from '../../kernel/ids.ts'
import { Reason } from '../fields.ts'
import { idParam } from '../ids.ts'
import { adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const testAlertWebhook = ({ alerts }: Rooms) =>
  route({
    at: 'POST /v1/alert-webhooks/:id/test',
    summary: 'Sends a test to a webhook now and returns its response.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    validate: { params: idParam<WebhookEndpointId>() },
    act: ({ params }) => alerts.testWebhook(params.id),
    present: {
      status: 200,
      schema: z.object({
        delivered: z.boolean(),
        answer: z.string().optional(),
        reason: Reason.optional(),
      }),
    },
  })
