import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'

/**
 * Deletes alerts of closed incidents with all deliveries settled. Other alerts stay: their keys prevent a second
 * warning about an expiring secret.
 */
export async function deleteOldAlerts(db: Kysely<Schema>, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`DELETE FROM alerts WHERE id IN (
    SELECT alerts.id FROM alerts JOIN incidents ON incidents.id = alerts.incident_id
    WHERE alerts.created_at < ${before} AND incidents.closed_at < ${before}
      AND NOT EXISTS (SELECT FROM alert_deliveries
        WHERE alert_id = alerts.id AND state IN ('waiting', 'handing-over'))
    LIMIT ${limit})`.execute(db)
  return Number(numAffectedRows ?? 0)
}
