import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'

type Db = Kysely<Schema>

interface SendingTroubleRow {
  emailAccountId: EmailAccountId
  code: string | null
  since: Date
}

/** Troubles of sending, from which incidents are derived. Each function is one query, and none for an empty list of ids. */
export const sendingTroubles = {
  /**
   * Mailboxes that cannot send, by id: a user has to end the refusal of the last attempt, or their oldest message waits
   * since `overdueBefore`. A scheduled message waits from its time on. An untried message does not count while others of
   * its mailbox or login go out, because it waits for its turn. No attempt has a reason where `code` is null.
   */
  async list(db: Db, overdueBefore: Date): Promise<readonly SendingTroubleRow[]> {
    const { rows } = await sql<SendingTroubleRow>`
      WITH waiting AS (
        SELECT email_account_id, state_reason, due_at, coalesce(waits_since, greatest(created_at, not_before)) AS since
        FROM submissions WHERE state IN ('queued', 'sending') AND (state = 'queued' OR send_begun_at IS NULL)
      ), overdue AS (
        SELECT DISTINCT ON (email_account_id) email_account_id, state_reason, since FROM waiting
        WHERE since <= ${overdueBefore}
          AND (state_reason IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM submissions AS gone WHERE gone.email_account_id IN (
                SELECT waiting.email_account_id UNION ALL
                SELECT mates.email_account_id FROM sending_states AS own JOIN sending_states AS mates USING (lane)
                  WHERE own.email_account_id = waiting.email_account_id)
              AND gone.send_begun_at > ${overdueBefore} AND gone.state IN ('handed-over', 'sent')))
        ORDER BY email_account_id, since
      ), refused AS (
        SELECT email_account_id, trouble_code, trouble_since FROM sending_states WHERE trouble_code IS NOT NULL
      )
      SELECT email_account_id AS "emailAccountId", coalesce(trouble_code, state_reason) AS code,
        coalesce(trouble_since, since) AS since
      FROM refused FULL JOIN overdue USING (email_account_id) ORDER BY email_account_id`.execute(db)
    return rows
  },

  /** Replies of servers that led to the troubles of these mailboxes, newest trouble first. */
  async upstreamsOf(db: Db, ids: readonly EmailAccountId[]) {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('sending_states')
      .select(['email_account_id', 'trouble_code', 'trouble_upstream'])
      .where('email_account_id', 'in', ids)
      .where('trouble_upstream', 'is not', null)
      .orderBy('trouble_since', 'desc')
      .execute()
    return rows.map((row) => ({
      emailAccountId: row.email_account_id,
      code: row.trouble_code,
      upstream: row.trouble_upstream as Upstream,
    }))
  },
}
