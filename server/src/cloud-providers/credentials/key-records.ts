import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { KeyRecords } from '../../kernel/key-ring.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'

/** Check records of the key ring in the table `encryption_keys`. Every sealed row references it by key id. */
export function createKeyRecords({ db }: Database): KeyRecords {
  return {
    async list() {
      const rows = await db.selectFrom('encryption_keys').selectAll().execute()
      return rows.map((row) => ({
        keyId: row.key_id,
        checkValue: row.check_value,
        isGivenUp: row.given_up_at !== null,
      }))
    },
    async add({ keyId, checkValue, at }) {
      await db
        .insertInto('encryption_keys')
        .values({ key_id: keyId, check_value: checkValue, created_at: at })
        .onConflict((conflict) => conflict.column('key_id').doNothing())
        .execute()
    },
    async isInUse(keyId) {
      for (const { table } of SEALED_COLUMNS) {
        const { rows } = await sql`SELECT 1 FROM ${sql.table(table)} WHERE key_id = ${keyId} LIMIT 1`.execute(db)
        if (rows.length > 0) return true
      }
      return false
    },
    async giveUp(keyId, at) {
      const { numUpdatedRows } = await db
        .updateTable('encryption_keys')
        .set({ given_up_at: at })
        .where('key_id', '=', keyId)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
  }
}
