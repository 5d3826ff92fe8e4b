import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import { memberAddresses } from '../../people/index.ts'

/**
 * Addresses of all mailboxes, with their aliases, and of the members of the team, in lower case. The erasure of a person and
 * the import that keeps erased mail out must compare with the same ones.
 */
export async function allOwnAddresses(db: Database['db'] | Tx): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ address: string }>`SELECT address FROM email_accounts
    UNION SELECT alias ->> 'address' FROM email_accounts, jsonb_array_elements(aliases) AS alias`.execute(db)
  return new Set([...rows.map(({ address }) => address.toLowerCase()), ...(await memberAddresses(db))])
}
