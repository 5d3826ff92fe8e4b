/** Latest deliveries of endpoints, and replays. */
import { sql } from 'kysely'
import { AppError } from '../kernel/errors.ts'
import { newId, type AlertId, type WebhookDeliveryId, type WebhookEndpointId } from '../kernel/ids.ts'
import type { WebhookDeps, WebhookPorts } from './deps.ts'
import type { WebhookDelivery } from './endpoint.ts'
import { type createEndpoints, WEBHOOKS_CHANNEL } from './endpoints.ts'
import { createEndpointFilter } from './endpoint-filter.ts'
import { toWebhookDelivery } from './rows.ts'
import { orderKeyOf } from './work.ts'

/** Delivery of an alert, with the name of its webhook. */
export type AlertOfWebhook = WebhookDelivery & { alertId: AlertId; name: string }

/** Events after one id, or between two times. */
export type ReplayedSpan = { after: number } | { from: Date; to: Date }

export interface DeliveriesDeps extends Pick<WebhookDeps, 'database' | 'clock' | 'audit' | 'events'> {
  endpoints: ReturnType<typeof createEndpoints>
  ports: () => WebhookPorts | undefined
}

export function createDeliveries({ database, clock, audit, events, endpoints, ports }: DeliveriesDeps) {
  const { db } = database

  async function list(
    id: WebhookEndpointId,
    {
      before,
      limit,
      state,
    }: { before?: number | undefined; limit: number; state?: WebhookDelivery['state'] | undefined },
  ): Promise<{ deliveries: WebhookDelivery[]; next: number | undefined }> {
    await endpoints.get(id)
    let query = db.selectFrom('webhook_deliveries').selectAll().where('endpoint_id', '=', id)
    if (before !== undefined) query = query.where('seq', '<', before)
    if (state !== undefined) query = query.where('state', '=', state)
    const rows = await query.orderBy('seq', 'desc').limit(limit).execute()
    return { deliveries: rows.map(toWebhookDelivery), next: rows.length < limit ? undefined : rows.at(-1)!.seq }
  }

  /** @throws {AppError} `webhooks.delivery_not_found` */
  async function find(id: WebhookEndpointId, deliveryId: WebhookDeliveryId) {
    const row = await db
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where('endpoint_id', '=', id)
      .where('id', '=', deliveryId)
      .executeTakeFirst()
    if (!row) throw new AppError('webhooks.delivery_not_found')
    return row
  }

  /** A delivery with its request, which is built again from the event; undefined when retention has deleted that. */
  async function get(id: WebhookEndpointId, deliveryId: WebhookDeliveryId) {
    const endpoint = await endpoints.get(id)
    const row = await find(id, deliveryId)
    const found = row.event_id === null ? [] : await events.byIds([row.event_id])
    const [body] = await ports()!.present(found, endpoint.includesMessage ? 'message' : undefined, 'all')
    const request = body && { url: endpoint.url, webhookId: String(body.id), body }
    return { ...toWebhookDelivery(row), request }
  }

  /**
   * Delivers an event again, with the same id.
   *
   * @throws {AppError} `webhooks.event_filtered`, `webhooks.not_owner`
   */
  async function replayOne(
    id: WebhookEndpointId,
    deliveryId: WebhookDeliveryId,
    actor: string,
  ): Promise<WebhookDelivery> {
    const row = await find(id, deliveryId)
    const [event] = row.event_id === null ? [] : await events.byIds([row.event_id])
    if (!event) throw new AppError('webhooks.event_deleted')
    const now = clock.now()
    return database.transaction(async (tx) => {
      const row = await endpoints.lock(tx, id, actor)
      if (!createEndpointFilter(row, 'all').matches(event)) throw new AppError('webhooks.event_filtered')
      const { rows } = await sql<{ id: WebhookDeliveryId }>`
        INSERT INTO webhook_deliveries (id, endpoint_id, event_id, kind, order_key, state, created_at, due_at)
        VALUES (${newId<WebhookDeliveryId>()}, ${id}, ${event.id}, ${event.kind}, ${orderKeyOf(event)}, 'waiting', ${now},
          CASE WHEN NOT EXISTS (SELECT FROM webhook_deliveries WHERE endpoint_id = ${id} AND state = 'waiting'
            AND order_key = ${orderKeyOf(event)}) THEN ${now}::timestamptz END)
        ON CONFLICT (endpoint_id, event_id) WHERE state = 'waiting'
          DO UPDATE SET due_at = CASE WHEN webhook_deliveries.due_at IS NOT NULL THEN ${now}::timestamptz END
        RETURNING id`.execute(tx)
      await audit.record(tx, { actor, action: 'webhook.replayed', subject: id, detail: { events: String(event.id) } })
      await database.notify(tx, WEBHOOKS_CHANNEL, id)
      const added = await tx
        .selectFrom('webhook_deliveries')
        .selectAll()
        .where('id', '=', rows[0]!.id)
        .executeTakeFirstOrThrow()
      return toWebhookDelivery(added)
    })
  }

  /**
   * Delivers the events of a span again that the endpoint would receive, up to its position. One replay at a time.
   *
   * @throws {AppError} `webhooks.replay_running`, `webhooks.not_owner`
   */
  async function replay(
    id: WebhookEndpointId,
    span: ReplayedSpan,
    actor: string,
  ): Promise<{ after: number; until: number }> {
    const ids = 'after' in span ? { after: span.after, until: Infinity } : await events.idsBetween(span.from, span.to)
    return database.transaction(async (tx) => {
      const row = await endpoints.lock(tx, id, actor)
      if (row.replay_until !== null) throw new AppError('webhooks.replay_running')
      const after = Math.min(ids.after, row.position)
      const until = Math.min(ids.until, row.position)
      if (until > after) {
        await tx
          .updateTable('webhook_endpoints')
          .set({ replay_after: after, replay_until: until })
          .where('id', '=', id)
          .execute()
      }
      await audit.record(tx, {
        actor,
        action: 'webhook.replayed',
        subject: id,
        detail: { events: `${after}–${until}` },
      })
      await database.notify(tx, WEBHOOKS_CHANNEL, id)
      return { after, until }
    })
  }

  /** Deliveries of these alerts, with the names of their webhooks. */
  async function ofAlerts(ids: readonly AlertId[]): Promise<AlertOfWebhook[]> {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('webhook_deliveries')
      .innerJoin('webhook_endpoints', 'webhook_endpoints.id', 'endpoint_id')
      .selectAll('webhook_deliveries')
      .select('webhook_endpoints.name as name')
      .where('alert_id', 'in', [...ids])
      .orderBy('seq')
      .execute()
    return rows.map((row): AlertOfWebhook => ({ ...toWebhookDelivery(row), alertId: row.alert_id!, name: row.name }))
  }

  return { list, get, replayOne, replay, ofAlerts }
}
