import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Schema, Tx } from '../database/index.ts'
import type { EmailAccountId } from '../kernel/ids.ts'

/**
 * Maximum time between two successful reads, in milliseconds. Healthy accounts are polled at least every five minutes;
 * twice that is a gap.
 */
export const LONGEST_PAUSE_MS = 10 * 60_000

/**
 * Maximum number of spans returned. A mailbox that fails and recovers every ten minutes has about that many in a week.
 */
const MOST_SPANS = 1000

/** Period in which an account was read completely without a gap. */
export interface LifeSpan {
  from: Date
  to: Date
}

/**
 * Records a complete read at `now`: extends the last span or starts a new one. `tx` must hold the row of the account.
 */
export async function prove(tx: Tx, id: EmailAccountId, now: Date): Promise<void> {
  const grown = await sql`UPDATE proofs_of_life SET to_at = greatest(to_at, ${now}::timestamptz)
    WHERE email_account_id = ${id}
      AND from_at = (SELECT max(from_at) FROM proofs_of_life WHERE email_account_id = ${id})
      AND to_at >= ${new Date(now.getTime() - LONGEST_PAUSE_MS)}::timestamptz`.execute(tx)
  if (grown.numAffectedRows !== 0n) return
  await tx
    .insertInto('proofs_of_life')
    .values({ email_account_id: id, from_at: now, to_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * Statement that records complete reads of many accounts at `now`, as part of another statement: extends their last
 * spans, and returns the ids of these accounts. An account whose last span ended too long ago is left out.
 *
 * @param accounts relation with a column `id`
 */
export function extendProofs(accounts: RawBuilder<unknown>, now: Date): RawBuilder<unknown> {
  return sql`UPDATE proofs_of_life SET to_at = greatest(to_at, ${now}::timestamptz) FROM ${accounts} AS account
    WHERE email_account_id = account.id
      AND from_at = (SELECT max(from_at) FROM proofs_of_life AS last WHERE last.email_account_id = account.id)
      AND to_at >= ${new Date(now.getTime() - LONGEST_PAUSE_MS)}::timestamptz
    RETURNING email_account_id AS id`
}

/** Spans that overlap the period, oldest first, and the last one before it, if there is one. */
export async function readLifeSpans(
  db: Kysely<Schema>,
  id: EmailAccountId,
  { from, to }: { from: Date; to: Date },
): Promise<LifeSpan[]> {
  const rows = await db
    .selectFrom('proofs_of_life')
    .select(['from_at as from', 'to_at as to'])
    .where('email_account_id', '=', id)
    .where('from_at', '<', to)
    .orderBy('from_at', 'desc')
    .limit(MOST_SPANS)
    .execute()
  const before = rows.findIndex((span) => span.to < from)
  return (before < 0 ? rows : rows.slice(0, before + 1)).reverse()
}

/** Deletes read records. The newest of each mailbox stays, because the next one continues it. */
export async function deleteOldProofs(db: Kysely<Schema>, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`DELETE FROM proofs_of_life WHERE (email_account_id, from_at) IN (
    SELECT email_account_id, from_at FROM proofs_of_life AS old
    WHERE to_at < ${before} AND EXISTS (SELECT FROM proofs_of_life AS later
      WHERE later.email_account_id = old.email_account_id AND later.from_at > old.from_at)
    LIMIT ${limit})`.execute(db)
  return Number(numAffectedRows ?? 0)
}
