import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'

/** More entries than between a backup and its restore. */
const SKIPPED_IDS = 100_000_000

/**
 * Continues with ids above those that were given after the backup which is now restored. Receivers recognize duplicates by
 * ids.
 */
export async function skipUsedAuditIds(tx: Tx): Promise<void> {
  await sql`SELECT setval('audit_entries_id_seq', (SELECT last_value FROM audit_entries_id_seq) + ${SKIPPED_IDS}::bigint)`.execute(
    tx,
  )
}
