import { sql } from 'kysely'
import type { Database } from '../database/index.ts'

/**
 * Reports whether PostgreSQL can allocate about 10 MB, by a temporary table that is dropped at once. Smaller writes can
 * succeed on a full disk, in pages that are allocated already.
 */
export async function probeSpace(database: Pick<Database, 'transaction'>): Promise<boolean> {
  try {
    await database.transaction(async (tx) => {
      await sql`CREATE TEMP TABLE postkey_space_probe ON COMMIT DROP AS
        SELECT md5(n::text) || md5((n + 1)::text) AS filler FROM generate_series(1, 100000) AS n`.execute(tx)
    })
    return true
  } catch {
    return false
  }
}
