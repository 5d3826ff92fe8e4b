import type { Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { AccountBatchId } from '../kernel/ids.ts'
import { type BatchRowState, ROW_STATES, type RowCounts } from './account-batch.ts'

const NONE = Object.fromEntries(ROW_STATES.map((state) => [state, 0])) as Record<BatchRowState, number>

/** Counts the rows of batches by state, in one statement. */
export async function countRows(
  db: Kysely<Schema>,
  ids: readonly AccountBatchId[],
): Promise<(id: AccountBatchId) => RowCounts> {
  const counts = new Map<AccountBatchId, Record<BatchRowState, number>>()
  if (ids.length === 0) return () => NONE
  const rows = await db
    .selectFrom('account_batch_rows')
    .select(['batch_id', 'state'])
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('batch_id', 'in', ids)
    .groupBy(['batch_id', 'state'])
    .execute()
  for (const { batch_id: id, state, count } of rows) {
    counts.set(id, { ...(counts.get(id) ?? NONE), [state]: Number(count) })
  }
  return (id) => counts.get(id) ?? NONE
}
