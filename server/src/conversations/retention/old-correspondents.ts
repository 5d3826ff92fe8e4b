import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { OldMail } from './old-conversations.ts'

/** Deletes suggested recipients without mail since a time. */
export async function deleteOldCorrespondents(
  db: Kysely<Schema>,
  { accountId, before }: OldMail,
  limit: number,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`DELETE FROM correspondents WHERE email_account_id = ${accountId}
    AND address IN (SELECT address FROM correspondents WHERE email_account_id = ${accountId} AND last_at < ${before}
      LIMIT ${limit})`.execute(db)
  return Number(numAffectedRows)
}
