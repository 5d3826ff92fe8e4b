import { z } from 'zod'
import { toActor } from '../caller.ts'
import { after } from '../events/filter.ts'
import { freshAdminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { CreatedWebhook, presentWebhook, requireAccounts, requireMail, settings } from './webhook.ts'

export const createWebhook = (rooms: Rooms) =>
  route({
    at: 'POST /v1/webhooks',
    summary:
      'Creates a webhook that receives events, signed according to Standard Webhooks. The secret is shown once. The webhook of an API key ends with the key, which needs mail:read, too.',
    authenticate: 'person-or-key',
    permit: freshAdminsAndKeys('admin:write'),
    validate: {
      body: z.strictObject({
        name: settings.name,
        url: settings.url,
        kinds: settings.kinds.optional(),
        accounts: settings.accounts.optional(),
        include: settings.include.optional(),
        concurrency: settings.concurrency.optional(),
        after: after.describe('Begins after this event; by default with the next one.'),
      }),
    },
    act: async ({ body, caller }) => {
      requireMail(caller)
      await requireAccounts(rooms, body.accounts)
      const { accounts, include, after: start, ...others } = body
      const input = {
        ...{ ...others, emailAccountIds: accounts, includesMessage: include === 'message' },
        after: start === 'now' ? undefined : start,
      }
      const { endpoint, secret } = await rooms.webhooks.endpoints.add(input, toActor(caller))
      return { ...(await presentWebhook(rooms, caller, endpoint)), secret: secret.reveal() }
    },
    present: { status: 201, schema: CreatedWebhook },
  })
