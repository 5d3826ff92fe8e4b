import { changeWebhook } from './change.ts'
import { createWebhook } from './create.ts'
import { getWebhookDelivery, listWebhookDeliveries, replayWebhookDelivery } from './deliveries.ts'
import { getWebhook } from './get.ts'
import { listWebhooks } from './list.ts'
import { removeWebhook } from './remove.ts'
import { replayWebhook } from './replay.ts'
import { rotateWebhookSecret } from './rotate-secret.ts'
import { testWebhook } from './test.ts'
import type { Route } from '../route.ts'
import type { Rooms } from '../rooms.ts'

/** Routes of webhooks for events. */
export function webhookRoutes(rooms: Rooms): Route[] {
  return [
    changeWebhook(rooms),
    createWebhook(rooms),
    getWebhookDelivery(rooms),
    listWebhookDeliveries(rooms),
    replayWebhookDelivery(rooms),
    getWebhook(rooms),
    listWebhooks(rooms),
    removeWebhook(rooms),
    replayWebhook(rooms),
    rotateWebhookSecret(rooms),
    testWebhook(rooms),
  ]
}
