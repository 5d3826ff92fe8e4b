import { z } from 'zod'
import { Secret } from '../../kernel/secret.ts'
import { anyone } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { createQueue } from './queue.ts'

/**
 * Endpoint for Microsoft Graph's change and lifecycle notifications. A notification is only a hint: its content is not
 * trusted, and the queue may drop it, because a timer polls anyway.
 *
 * Responds at once, because an endpoint that needs more than three seconds is dropped (docs/reference/microsoft-365.md
 * §F.7). `sync` silently ignores unknown subscriptions and wrong client states.
 *
 * @see https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export const graphNotifications = ({ sync, log }: Rooms) => {
  const queue = createQueue(
    (notification: Notification) =>
      sync.notified({
        subscriptionRemoteId: notification.subscriptionId,
        clientState: new Secret(notification.clientState),
        lifecycleEvent: notification.lifecycleEvent,
      }),
    (error) => log.warn({ err: error }, 'a notification was lost; the timer looks anyway'),
  )

  return otherRoute({
    at: 'POST /graph/notifications',
    summary: 'Receives change notifications from Microsoft Graph, and answers the validation handshake.',
    authenticate: 'none',
    permit: anyone,
    validate: {
      query: z.object({ validationToken: z.string().max(4096).optional() }),
      body: z.object({ value: z.array(z.unknown()).max(5000) }).nullish(),
    },
    takesPlainText: true,
    act: async ({ query, body, reply }) => {
      if (query.validationToken !== undefined) return query.validationToken
      for (const item of body?.value ?? []) {
        const { data } = Notification.safeParse(item)
        if (data) queue.add(`${data.subscriptionId} ${data.lifecycleEvent ?? ''}`, data)
      }
      void reply.code(202)
      return ''
    },
    present: { status: 200, contentType: 'text/plain; charset=utf-8', send: (text, reply) => reply.send(text) },
  })
}

const Notification = z.object({
  subscriptionId: z.string().min(1).max(200),
  clientState: z.string().min(1).max(128),
  lifecycleEvent: z.string().max(100).optional(),
})

type Notification = z.infer<typeof Notification>
