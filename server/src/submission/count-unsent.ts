import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Schema } from '../database/index.ts'
import { MOST_UNSENT_COUNTED } from '../email-accounts/index.ts'
import type { VisibleAccounts } from '../events/index.ts'
import type { EmailAccountId } from '../kernel/ids.ts'

/** Counts submissions of an account: unsent, unknown and failed, each up to {@link MOST_UNSENT_COUNTED}. */
export async function countUnsent(
  db: Kysely<Schema>,
  id: EmailAccountId,
): Promise<{ waiting: number; unknown: number; failed: number }> {
  const counted = await sql<{ waiting: number; unknown: number; failed: number }>`SELECT
    ${countWhere(sql`state IN ('queued', 'sending')`)} AS waiting,
    ${countWhere(sql`state IN ('failed', 'unknown') AND state = 'unknown'`)} AS unknown,
    ${countWhere(sql`state IN ('failed', 'unknown') AND state = 'failed'`)} AS failed
    FROM (SELECT ${id}::uuid AS id) AS account`.execute(db)
  return counted.rows[0]!
}

/** Each count is at most {@link MOST_UNSENT_COUNTED}. */
export interface UnsentOfAccount {
  emailAccountId: EmailAccountId
  /** Queued or being sent, with scheduled ones from their time on. */
  waiting: number
  /** Those whose time is in the future. */
  scheduled: number
  failed: number
  unknown: number
}

/** Counts unsent submissions per account. Accounts without any are left out. */
export async function countUnsentByAccount(
  db: Kysely<Schema>,
  accounts: VisibleAccounts,
  now: Date,
): Promise<UnsentOfAccount[]> {
  const some = accounts === 'all' ? undefined : sql`SELECT unnest(${accounts}::uuid[]) AS id`
  // A scheduled message is due no earlier than its time, so each count ends near the first row of the other kind.
  const { rows } = await sql<UnsentOfAccount>`WITH RECURSIVE
    ${lane('unsent', sql`state IN ('queued', 'sending')`)}, ${lane('to_decide', sql`state IN ('failed', 'unknown')`)},
    account AS (${some ?? sql`SELECT id FROM unsent UNION SELECT id FROM to_decide`}),
    counted AS (SELECT account.id AS "emailAccountId",
      ${countWhere(
        sql`state IN ('queued', 'sending') AND (state = 'sending' OR coalesce(send_at <= ${now}, true))`,
        sql`ORDER BY due_at`,
      )} AS waiting,
      ${countWhere(
        sql`state IN ('queued', 'sending') AND due_at > ${now} AND state = 'queued' AND send_at > ${now}`,
      )} AS scheduled,
      ${countWhere(sql`state IN ('failed', 'unknown') AND state = 'failed'`)} AS failed,
      ${countWhere(sql`state IN ('failed', 'unknown') AND state = 'unknown'`)} AS unknown
      FROM account WHERE id IS NOT NULL)
    SELECT * FROM counted WHERE waiting + scheduled + failed + unknown > 0`.execute(db)
  return rows
}

/**
 * Number of submissions that wait since before `before`, in all accounts, up to `most`. A scheduled one waits from its
 * time on.
 */
export async function countQueued(db: Kysely<Schema>, before: Date, most: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM (SELECT FROM submissions
    WHERE state IN ('queued', 'sending') AND greatest(created_at, not_before) < ${before} LIMIT ${most}) AS found`.execute(
    db,
  )
  return rows[0]!.n
}

/** Literals, so that the planner can use the partial indexes. */
function countWhere(condition: RawBuilder<unknown>, order = sql``) {
  return sql`(SELECT count(*)::int FROM (SELECT FROM submissions
    WHERE email_account_id = account.id AND ${condition} ${order} LIMIT ${MOST_UNSENT_COUNTED}) AS found)`
}

/** The accounts of a partial index, each found by one step in it. The last row is null. */
function lane(name: string, condition: RawBuilder<unknown>) {
  const [lane, step] = [sql.id(name), sql`SELECT email_account_id FROM submissions WHERE ${condition}`]
  return sql`${lane}(id) AS ((${step} ORDER BY email_account_id LIMIT 1)
    UNION ALL SELECT (${step} AND email_account_id > ${lane}.id ORDER BY email_account_id LIMIT 1)
    FROM ${lane} WHERE ${lane}.id IS NOT NULL)`
}
