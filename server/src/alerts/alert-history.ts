import { sql, type Kysely } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import type { AlertId, IncidentId } from '../kernel/ids.ts'
import type { Alert, AlertDelivery } from './alert.ts'
import { toAlert, toEmailDelivery, toWebhookOfAlert } from './rows.ts'
import type { AlertWebhooks } from './webhooks.ts'

export interface AlertPage {
  alerts: Alert[]
  /** Cursor: the `before` of the next page. */
  next: AlertId | undefined
}

/** Lists alerts with their recipients and delivery results. */
export function createAlertHistory(deps: {
  database: Pick<Database, 'db'>
  webhooks: Pick<AlertWebhooks, 'ofAlerts'>
}) {
  const { db } = deps.database

  async function list(options: {
    before?: AlertId | undefined
    limit: number
    incidentId?: IncidentId | undefined
  }): Promise<AlertPage> {
    let query = db.selectFrom('alerts').selectAll().orderBy('id', 'desc').limit(options.limit)
    if (options.before !== undefined) query = query.where('id', '<', options.before)
    if (options.incidentId !== undefined) query = query.where('incident_id', '=', options.incidentId)
    const rows = await query.execute()
    const deliveries = await deliveriesOf(rows.map(({ id }) => id))
    return {
      alerts: rows.map((row) => toAlert(row, deliveries.get(row.id) ?? [])),
      next: rows.length < options.limit ? undefined : rows.at(-1)!.id,
    }
  }

  async function deliveriesOf(ids: readonly AlertId[]): Promise<Map<AlertId, AlertDelivery[]>> {
    const of = new Map<AlertId, AlertDelivery[]>()
    if (ids.length === 0) return of
    const rows = await db
      .selectFrom('alert_deliveries')
      .selectAll()
      .where('alert_id', 'in', [...ids])
      .orderBy('id')
      .execute()
    const add = (id: AlertId, delivery: AlertDelivery) => of.set(id, [...(of.get(id) ?? []), delivery])
    for (const row of rows) add(row.alert_id, toEmailDelivery(row))
    for (const row of await deps.webhooks.ofAlerts(ids)) add(row.alertId, toWebhookOfAlert(row))
    return of
  }

  return { list }
}

/**
 * Deletes alerts without an open incident, with all deliveries settled. Warnings about an expiry have no incident: their
 * keys prevent a second warning until the next threshold, which comes within the shortest retention of 30 days.
 */
export async function deleteOldAlerts(db: Kysely<Schema>, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`DELETE FROM alerts WHERE id IN (
    SELECT alerts.id FROM ${old(before)} LIMIT ${limit})`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Counts what {@link deleteOldAlerts} would delete, up to `most`. */
export async function countOldAlerts(db: Kysely<Schema>, before: Date, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*)::float8 AS count
    FROM (SELECT FROM ${old(before)} LIMIT ${most}) AS old`.execute(db)
  return rows[0]!.count
}

function old(before: Date) {
  return sql`alerts LEFT JOIN incidents ON incidents.id = alerts.incident_id
    WHERE alerts.created_at < ${before} AND (incidents.id IS NULL OR incidents.closed_at < ${before})
      AND NOT EXISTS (SELECT FROM alert_deliveries
        WHERE alert_id = alerts.id AND state IN ('waiting', 'handing-over'))`
}
