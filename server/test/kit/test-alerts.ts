import { createAlerts, type AlertsDeps } from '../../src/alerts/index.ts'
import { createEgress } from '../../src/kernel/egress.ts'
import { createWebhooks } from '../../src/webhooks/index.ts'

/** The room `alerts` with webhooks that reach public addresses only. */
export function createTestAlerts(deps: Omit<AlertsDeps, 'webhooks'>) {
  const webhooks = createWebhooks({ ...deps, egress: createEgress({ allowPrivate: () => false }) })
  return createAlerts({ ...deps, webhooks })
}
