import { sql, type Kysely } from 'kysely'
import type { Schema, Tx } from '../database/index.ts'
import type { EmailAccountId } from '../kernel/ids.ts'

/** Accounts that are well are asked every five minutes at least; twice that without an end of reading is a gap. */
export const LONGEST_PAUSE_MS = 10 * 60_000

/** A mailbox that dies and comes back every ten minutes has so many in a week. */
const MOST_SPANS = 1000

/** A time in which an account was read to its end again and again. */
export interface LifeSpan {
  from: Date
  to: Date
}

/** It was read to its end just now: the span grows, or another one begins. The account is held by `tx`. */
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

/** Oldest first: those that touch the time, and the last one before it, when there is one. */
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
