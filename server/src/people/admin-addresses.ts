import type { Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'

/** Email addresses of all admins, in alphabetical order. */
export async function adminAddresses(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db
    .selectFrom('users')
    .select('email')
    .where('role', '=', 'admin')
    .where('removed_at', 'is', null)
    .orderBy('email')
    .execute()
  return rows.map(({ email }) => email)
}
