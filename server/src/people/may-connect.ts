import { sql, type Kysely } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { idsOf } from './webhook-owners.ts'

/** Cause for which an actor may no longer connect mailboxes. */
export type ConnectRefusal = 'key-revoked' | 'key-expired' | 'creator-not-admin'

/**
 * Returns a function that finds why an actor may not connect mailboxes; undefined for an admin, and for a key that works
 * and whose creator is an admin. Connect sessions end with both.
 */
export function createConnectRefusals({ database, clock }: { database: Pick<Database, 'db'>; clock: Clock }) {
  return async (actor: string, db: Kysely<Schema> = database.db): Promise<ConnectRefusal | undefined> => {
    const { people, keys } = idsOf([actor])
    const { rows } = await sql<{ refusal: ConnectRefusal | null }>`
      SELECT CASE WHEN k.revoked_at IS NOT NULL THEN 'key-revoked'
          WHEN k.expires_at <= ${clock.now()} THEN 'key-expired'
          WHEN users.role IS DISTINCT FROM 'admin' OR users.removed_at IS NOT NULL THEN 'creator-not-admin' END AS refusal
        FROM (SELECT 1) AS one LEFT JOIN api_keys AS k ON k.id = ANY(${keys}::uuid[])
        LEFT JOIN users ON users.id = k.created_by OR users.id = ANY(${people}::text[])`.execute(db)
    return rows[0]!.refusal ?? undefined
  }
}
