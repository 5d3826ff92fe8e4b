import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
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
