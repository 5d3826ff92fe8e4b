import { z } from 'zod'
import type { WebhookEndpointId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { requireAccounts, requireMail, settings, presentWebhook, Webhook } from './webhook.ts'

export const changeWebhook = (rooms: Rooms) =>
  route({
    at: 'PATCH /v1/webhooks/:id',
    summary:
      'Changes a webhook. `null` means all kinds, all mailboxes, or no message. `state` disables it, or activates it: it continues where it stopped, or skips the backlog. An admin who changes address or events, or activates it, becomes the owner. A key changes its own webhooks.',
    authenticate: 'person-or-key',
    permit: freshAdminsAndKeys('admin:write'),
    validate: {
      params: idParam<WebhookEndpointId>(),
      body: z.strictObject({
        name: settings.name.optional(),
        url: settings.url.optional(),
        kinds: settings.kinds.nullable().optional(),
        accounts: settings.accounts.nullable().optional(),
        include: settings.include.nullable().optional(),
        concurrency: settings.concurrency.optional(),
        state: z.enum(['active', 'disabled']).optional(),
        backlog: z
          .enum(['deliver', 'skip'])
          .optional()
          .describe('When it is activated: delivers what has come meanwhile (the default), or skips it.'),
      }),
    },
    act: async ({ params, body, caller }) => {
      requireMail(caller)
      await requireAccounts(rooms, body.accounts)
      const { accounts, include, ...others } = body
      const changes = {
        ...{ ...others, emailAccountIds: accounts },
        includesMessage: include === undefined ? undefined : include === 'message',
      }
      return presentWebhook(rooms, caller, await rooms.webhooks.endpoints.change(params.id, changes, toActor(caller)))
    },
    present: { status: 200, schema: Webhook },
  })
