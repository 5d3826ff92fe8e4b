/**
 * Webhooks: one delivery engine for events and alerts, with retries, order per conversation, and the latest deliveries of
 * each endpoint. Owns `webhook_endpoints`, `webhook_secrets` and `webhook_deliveries`. `alerts` enqueues alerts, `http`
 * uses settings and deliveries; events are read after the position of each endpoint.
 */
export { MOST_CONCURRENT, MOST_ENDPOINTS } from './endpoint.ts'
export type { WebhookAnswer, WebhookDelivery, WebhookEndpoint } from './endpoint.ts'
export type { WebhookDeps, WebhookPorts } from './deps.ts'
export type { AlertOfWebhook, ReplayedSpan } from './deliveries.ts'
export { signDelivery } from './post.ts'
export { pauseAfterRestore } from './restored.ts'
export { WEBHOOK_TEXTS } from './texts-of-people.ts'
export { createWebhooks, type Webhooks } from './webhooks.ts'
