import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { VisibleAccounts } from '../events/index.ts'
import type { EmailAccountId } from '../kernel/ids.ts'

/** Counts submissions of an account: unsent, unknown and failed. */
export async function countUnsent(
  db: Kysely<Schema>,
  id: EmailAccountId,
): Promise<{ waiting: number; unknown: number; failed: number }> {
  const counted = await sql<{ waiting: number; unknown: number; failed: number }>`SELECT
    count(*) FILTER (WHERE state IN ('queued', 'sending')) AS waiting,
    count(*) FILTER (WHERE state = 'unknown') AS unknown,
    count(*) FILTER (WHERE state = 'failed') AS failed
    FROM submissions WHERE email_account_id = ${id}`.execute(db)
  return counted.rows[0]!
}

export interface UnsentOfAccount {
  emailAccountId: EmailAccountId
  /** Queued or being sent, with scheduled ones from their time on. */
  waiting: number
  /** Those whose time is in the future. */
  scheduled: number
  failed: number
  unknown: number
}

/** Counts unsent submissions per account, by partial indexes. Accounts without any are left out. */
export async function countUnsentByAccount(
  db: Kysely<Schema>,
  accounts: VisibleAccounts,
  now: Date,
): Promise<UnsentOfAccount[]> {
  const visible = accounts === 'all' ? sql`` : sql`AND email_account_id = ANY(${accounts}::uuid[])`
  // Literals, so the planner can combine the partial indexes.
  const { rows } = await sql<UnsentOfAccount>`SELECT email_account_id AS "emailAccountId",
    (count(*) FILTER (WHERE state = 'sending' OR (state = 'queued' AND coalesce(send_at <= ${now}, true))))::int AS waiting,
    (count(*) FILTER (WHERE state = 'queued' AND send_at > ${now}))::int AS scheduled,
    (count(*) FILTER (WHERE state = 'failed'))::int AS failed,
    (count(*) FILTER (WHERE state = 'unknown'))::int AS unknown
    FROM submissions WHERE (state IN ('queued', 'sending') OR state IN ('failed', 'unknown')) ${visible}
    GROUP BY email_account_id`.execute(db)
  return rows
}

/** Number of submissions that wait since before `before`, in all accounts. A scheduled one waits from its time on. */
export async function countQueued(db: Kysely<Schema>, before: Date): Promise<number> {
  const { count } = await db
    .selectFrom('submissions')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('state', 'in', ['queued', 'sending'])
    .where(sql<boolean>`greatest(created_at, not_before) < ${before}`)
    .executeTakeFirstOrThrow()
  return count
}
