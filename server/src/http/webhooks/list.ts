import { z } from 'zod'
import { admins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { presentWebhooks, Webhook } from './webhook.ts'

export const listWebhooks = (rooms: Rooms) =>
  route({
    at: 'GET /v1/webhooks',
    summary: 'Lists the webhooks that receive events.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: async ({ caller }) => ({
      webhooks: await presentWebhooks(rooms, caller, await rooms.webhooks.endpoints.list()),
    }),
    present: { status: 200, schema: z.object({ webhooks: z.array(Webhook) }) },
  })
