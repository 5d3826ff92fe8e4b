import type { Database, TextScan, Tx } from '../database/index.ts'

/** Invitations of a person who did not join the team. */
export const LINK_TEXTS = {
  table: 'person_links',
  key: { column: 'id', type: 'uuid' },
  columns: ['email', 'name'],
  action: 'delete',
} as const satisfies TextScan

/** Addresses of the members of the team, in lower case. */
export async function memberAddresses(db: Database['db'] | Tx): Promise<string[]> {
  const rows = await db.selectFrom('users').select('email').where('removed_at', 'is', null).execute()
  return rows.map(({ email }) => email.toLowerCase())
}
