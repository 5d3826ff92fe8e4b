import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { OldMail } from './old-conversations.ts'

/** Deletes suggested recipients without mail since a time, except those that are changed at the moment. */
export async function deleteOldCorrespondents(
  db: Kysely<Schema>,
  { accountId, before }: OldMail,
  limit: number,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`DELETE FROM correspondents WHERE email_account_id = ${accountId}
    AND last_at < ${before}
    AND address IN (SELECT address FROM correspondents WHERE email_account_id = ${accountId} AND last_at < ${before}
      ORDER BY address LIMIT ${limit} FOR UPDATE SKIP LOCKED)`.execute(db)
  return Number(numAffectedRows)
}
