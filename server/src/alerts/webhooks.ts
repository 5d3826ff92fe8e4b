import type { WebhookEndpointId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { WebhookEndpoint, Webhooks } from '../webhooks/index.ts'
import type { AlertKind, AlertWebhook } from './alert.ts'

/** Body of a webhook request. */
export interface AlertBody {
  /** Same for every attempt of one alert, so receivers can discard duplicates. */
  id: string
  kind: AlertKind
  at: string
  subject: string
  text: string
  payload: unknown
}

export type AlertWebhooks = ReturnType<typeof createAlertWebhooks>

/**
 * Webhooks of alerts: notifications for programs such as chat rooms, pagers and ticket systems. They are endpoints of
 * the room `webhooks`, which delivers and retries.
 */
export function createAlertWebhooks({ alerts: endpoints }: Pick<Webhooks, 'alerts'>) {
  return {
    async list(): Promise<AlertWebhook[]> {
      return (await endpoints.list()).map(toAlertWebhook)
    },
    /** Adds a webhook. This is the only response that contains the secret. */
    async add(webhook: { name: string; url: string }, actor: string): Promise<AlertWebhook & { secret: Secret }> {
      const { endpoint, secret } = await endpoints.add(webhook, actor)
      return { ...toAlertWebhook(endpoint), secret }
    },
    async change(
      id: WebhookEndpointId,
      changes: { name?: string | undefined; url?: string | undefined; state?: 'active' | 'disabled' | undefined },
      actor: string,
    ): Promise<AlertWebhook> {
      return toAlertWebhook(await endpoints.change(id, changes, actor))
    },
    remove: endpoints.remove,
    enqueue: endpoints.enqueue,
    ofAlerts: endpoints.ofAlerts,
    tryNow: (id: WebhookEndpointId, body: AlertBody) => endpoints.tryNow(id, body),
  }
}

function toAlertWebhook(endpoint: WebhookEndpoint): AlertWebhook {
  const { id, name, url, createdAt, state, reason, disabledAt, lastDeliveredAt, lastFailedAt } = endpoint
  return {
    ...{ id, name, url, createdAt, state, lastDeliveredAt },
    disabled: state === 'disabled' && disabledAt ? { at: disabledAt, reason } : undefined,
    lastFailure: state === 'active' && reason && lastFailedAt ? { at: lastFailedAt, reason } : undefined,
  }
}
