import { z } from 'zod'
import { toActor } from '../caller.ts'
import { name } from '../fields.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { AlertWebhook, webhookUrl } from './alert-webhook.ts'

export const createAlertWebhook = ({ alerts }: Rooms) =>
  route({
    at: 'POST /v1/alert-webhooks',
    summary:
      'Creates a webhook that receives every alert, signed according to Standard Webhooks. The secret is shown once.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { body: z.strictObject({ name, url: webhookUrl }) },
    act: async ({ body, caller }) => {
      const created = await alerts.addWebhook(body, toActor(caller))
      return { ...created, secret: created.secret.reveal() }
    },
    present: {
      status: 201,
      schema: AlertWebhook.extend({ secret: z.string() }).meta({ id: 'CreatedAlertWebhook' }),
    },
  })
