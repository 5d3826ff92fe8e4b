import { sql, type Kysely } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { idsOf } from './webhook-owners.ts'

/** True for an admin, and for a key that works and whose creator is an admin: connect sessions end with both. */
export function createMayConnect({ database, clock }: { database: Pick<Database, 'db'>; clock: Clock }) {
  return async (actor: string, db: Kysely<Schema> = database.db): Promise<boolean> => {
    const { people, keys } = idsOf([actor])
    const { rows } = await sql<{ found: boolean }>`
      SELECT EXISTS (SELECT FROM users WHERE id = ANY(${people}::text[]) AND role = 'admin' AND removed_at IS NULL)
        OR EXISTS (SELECT FROM api_keys AS k
          JOIN users ON users.id = k.created_by AND users.role = 'admin' AND users.removed_at IS NULL
          WHERE k.id = ANY(${keys}::uuid[]) AND k.revoked_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > ${clock.now()})) AS found`.execute(db)
    return rows[0]!.found
  }
}
