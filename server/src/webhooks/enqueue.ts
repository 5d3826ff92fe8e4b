import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId, type AlertId, type WebhookDeliveryId } from '../kernel/ids.ts'
import { WEBHOOKS_CHANNEL } from './endpoints.ts'

/** An alert for the webhooks of alerts. */
export interface WebhookAlert {
  id: AlertId
  kind: string
  body: Readonly<Record<string, unknown>>
}

/** Stores the deliveries of an alert in the transaction of its cause. */
export function createAlertDeliveries({ database, clock }: { database: Database; clock: Clock }) {
  return async (tx: Tx, { id, kind, body }: WebhookAlert): Promise<void> => {
    const endpoints = await tx
      .selectFrom('webhook_endpoints')
      .select('id')
      .where('purpose', '=', 'alerts')
      .where('removed_at', 'is', null)
      // Those that Postkey disabled get what they missed. An admin who disabled one wants none of it.
      .where((eb) => eb.or([eb('state', '=', 'active'), eb('disabled_reason', 'is not', null)]))
      .execute()
    if (endpoints.length === 0) return
    const now = clock.now()
    await tx
      .insertInto('webhook_deliveries')
      .values(
        endpoints.map((endpoint) => ({
          ...{ id: newId<WebhookDeliveryId>(), endpoint_id: endpoint.id, alert_id: id, kind, order_key: id },
          ...{ body: JSON.stringify(body), state: 'waiting' as const, created_at: now, due_at: now },
        })),
      )
      .execute()
    await database.notify(tx, WEBHOOKS_CHANNEL, id)
  }
}
