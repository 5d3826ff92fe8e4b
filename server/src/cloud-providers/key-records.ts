import type { Database } from '../database/index.ts'
import type { KeyRecords } from '../kernel/key-ring.ts'

/** The check records of the key ring in the table `encryption_keys`; every sealed row refers to it by its key id. */
export function createKeyRecords({ db }: Database): KeyRecords {
  return {
    async list() {
      const rows = await db.selectFrom('encryption_keys').select(['key_id', 'check_value']).execute()
      return rows.map((row) => ({ keyId: row.key_id, checkValue: row.check_value }))
    },
    async add({ keyId, checkValue, at }) {
      await db
        .insertInto('encryption_keys')
        .values({ key_id: keyId, check_value: checkValue, created_at: at })
        .onConflict((conflict) => conflict.column('key_id').doNothing())
        .execute()
    },
    async isInUse(keyId) {
      const tables = [
        'provider_credentials',
        'grants',
        'access_tokens',
        'authorizations',
        'alert_relay',
        'alert_webhooks',
      ] as const
      for (const table of tables) {
        const row = await db.selectFrom(table).select('key_id').where('key_id', '=', keyId).limit(1).executeTakeFirst()
        if (row) return true
      }
      return false
    },
  }
}
