import { EVENT_KINDS, exampleOf, type EventKind } from '../events/index.ts'
import { newId, type WebhookEndpointId } from '../kernel/ids.ts'
import { storedReason } from '../kernel/errors.ts'
import { createDeliveries } from './deliveries.ts'
import type { WebhookDeps, WebhookPorts } from './deps.ts'
import type { WebhookAnswer } from './endpoint.ts'
import { createEndpoints } from './endpoints.ts'
import { createAlertDeliveries } from './enqueue.ts'
import { createPosting } from './post.ts'
import { createWebhookSecrets } from './secrets.ts'
import { createDeliveryService } from './service.ts'

/** Without the service that delivers, which only the composition root uses. */
export type Webhooks = Omit<ReturnType<typeof createWebhooks>, 'service'>

/** Webhooks of events and of alerts: settings, deliveries, and the service that delivers. */
export function createWebhooks(deps: WebhookDeps) {
  const secrets = createWebhookSecrets(deps)
  let ports: WebhookPorts | undefined
  const post = createPosting(deps)
  const endpoints = createEndpoints({ ...deps, secrets }, 'events')
  const alertEndpoints = createEndpoints({ ...deps, secrets }, 'alerts')
  const deliveries = createDeliveries({ ...deps, endpoints, ports: () => ports })
  const service = createDeliveryService({ ...deps, secrets, ports: () => ports })

  /** Posts a body now, without storing a delivery. A refusal is part of the result. */
  async function tryNow(
    { id, url }: { id: WebhookEndpointId; url: string },
    message: { id: string; body: object },
    keepsAnswer: boolean,
  ): Promise<WebhookAnswer> {
    const request = {
      url,
      id: message.id,
      body: JSON.stringify(message.body),
      secrets: await secrets.valid(id),
      keepsAnswer,
    }
    const { answer, latencyMs, error } = await post(request)
    return { delivered: !error, answer, latencyMs, reason: error && storedReason(error.code) }
  }

  return {
    endpoints,
    deliveries,
    /** Sends the example of a kind now. Its `webhook-id` begins with `test-`. */
    async test(id: WebhookEndpointId, kind: EventKind | undefined): Promise<WebhookAnswer> {
      const endpoint = await endpoints.get(id)
      const first = EVENT_KINDS.find(
        (each) => !endpoint.kinds || endpoint.kinds.some((pattern) => isLike(pattern, each)),
      )
      const body = exampleOf(kind ?? first ?? 'message.received')
      return tryNow(endpoint, { id: `test-${newId()}`, body: { ...body, time: deps.clock.now().toISOString() } }, true)
    },
    alerts: {
      ...alertEndpoints,
      enqueue: createAlertDeliveries(deps),
      ofAlerts: deliveries.ofAlerts,
      /** Sends a body now. */
      async tryNow(id: WebhookEndpointId, body: { id: string }): Promise<WebhookAnswer> {
        return tryNow(await alertEndpoints.get(id), { id: body.id, body }, false)
      },
    },
    /** Passes functions of rooms above this one. Before the start of the service. */
    connect(given: WebhookPorts): void {
      ports = given
    },
    service,
  }
}

function isLike(pattern: string, kind: EventKind): boolean {
  return pattern === kind || pattern === `${kind.split('.')[0]!}.*`
}
