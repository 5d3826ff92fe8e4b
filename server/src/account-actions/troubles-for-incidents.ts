import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { Upstream } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'

type Db = Kysely<Schema>

interface ActionTroubleRow {
  emailAccountId: EmailAccountId
  code: string | null
  troubledSince: Date | null
  waitingSince: Date
}

/** Troubles of mailbox actions, from which incidents are derived. */
export const actionTroubles = {
  /**
   * Mailboxes whose actions wait for a reason, or since `overdueBefore`, by id. A trouble without waiting actions, such
   * as one whose action was switched off, is over. It starts with the oldest waiting action at the earliest.
   */
  async list(db: Db, overdueBefore: Date): Promise<readonly ActionTroubleRow[]> {
    const { rows } = await sql<ActionTroubleRow>`
      SELECT settings.email_account_id AS "emailAccountId", coalesce(trouble_code, oldest.code) AS code,
        CASE WHEN trouble_code IS NOT NULL THEN greatest(trouble_since, oldest.changed_at) END AS "troubledSince", oldest.changed_at AS "waitingSince"
      FROM account_action_settings AS settings
        CROSS JOIN LATERAL (SELECT changed_at, code FROM account_actions
          WHERE email_account_id = settings.email_account_id AND due_at IS NOT NULL ORDER BY changed_at LIMIT 1) AS oldest
      WHERE trouble_code IS NOT NULL OR oldest.changed_at <= ${overdueBefore}
      ORDER BY 1`.execute(db)
    return rows
  },

  /** Replies of servers that led to the troubles of these mailboxes, newest trouble first. */
  async upstreamsOf(db: Db, ids: readonly EmailAccountId[]) {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('account_action_settings')
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
