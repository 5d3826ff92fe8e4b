import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { AccountBatchId } from '../kernel/ids.ts'
import type { AccountBatchesDeps } from './deps.ts'
import { countRows } from './row-counts.ts'

type EndDeps = Pick<AccountBatchesDeps, 'database' | 'clock' | 'audit' | 'events'>

const KEPT_MS = 90 * 24 * 60 * 60_000

/** Ends batches: completed, canceled, and deleted 90 days later. */
export function createBatchEnds({ database, clock, audit, events }: EndDeps) {
  /** Completes a running batch without a row that waits or is checked. */
  async function end(tx: Tx, id: AccountBatchId): Promise<void> {
    const at = clock.now()
    const row = await tx
      .updateTable('account_batches')
      .set({ status: 'completed', ended_at: at, paused_until: null })
      .where('id', '=', id)
      .where('status', '=', 'running')
      .where(
        sql<boolean>`NOT EXISTS (SELECT FROM account_batch_rows WHERE batch_id = ${id} AND state IN ('waiting', 'checking'))`,
      )
      .returning('created_by')
      .executeTakeFirst()
    if (!row) return
    const { connected, failed, canceled, ...rest } = (await countRows(tx, [id]))(id)
    const counts = {
      connected,
      failed,
      canceled,
      alreadyConnected: rest['already-connected'],
      duplicates: rest.duplicate,
    }
    await audit.record(tx, { actor: row.created_by, action: 'account_batch.completed', subject: id, detail: counts })
    const payload = { createdBy: row.created_by, ...counts }
    await events.append(tx, { kind: 'account_batch.completed', subjectId: id, payload, at })
  }

  /** Cancels the rows that wait. @throws {AppError} `account_batches.over` unless the batch is running */
  async function cancel(tx: Tx, id: AccountBatchId, actor: string): Promise<void> {
    const { numUpdatedRows } = await tx
      .updateTable('account_batches')
      .set({ status: 'canceled', ended_at: clock.now(), paused_until: null })
      .where('id', '=', id)
      .where('status', '=', 'running')
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new AppError('account_batches.over')
    const { numUpdatedRows: canceled } = await tx
      .updateTable('account_batch_rows')
      .set({ state: 'canceled', next_try_at: null })
      .where('batch_id', '=', id)
      .where('state', '=', 'waiting')
      .executeTakeFirst()
    const detail = { rows: Number(canceled) }
    await audit.record(tx, { actor, action: 'account_batch.canceled', subject: id, detail })
  }

  async function deleteOld(): Promise<void> {
    await database.db
      .deleteFrom('account_batches')
      .where('status', '<>', 'running')
      .where('ended_at', '<', new Date(clock.now().getTime() - KEPT_MS))
      .execute()
  }

  return { end, cancel, deleteOld }
}

export type BatchEnds = ReturnType<typeof createBatchEnds>
