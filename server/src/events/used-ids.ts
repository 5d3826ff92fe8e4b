import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'

/** More events than between a backup and its restore: 100 a second for eleven days. */
const SKIPPED_IDS = 100_000_000

/**
 * Continues with ids above those that were given after the backup which is now restored. Clients keep the id of their last
 * event, and recognize duplicates by ids.
 */
export async function skipUsedIds(tx: Tx): Promise<void> {
  await sql`SELECT setval('events_id_seq', (SELECT last_value FROM events_id_seq) + ${SKIPPED_IDS}::bigint)`.execute(tx)
}
