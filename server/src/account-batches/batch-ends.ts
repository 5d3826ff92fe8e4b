import type { Tx } from '../database/index.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { AccountBatchId } from '../kernel/ids.ts'
import type { AccountBatchesDeps } from './deps.ts'
import { countRows } from './row-counts.ts'

type EndDeps = Pick<AccountBatchesDeps, 'database' | 'clock' | 'audit' | 'events'>

const KEPT_MS = 90 * 24 * 60 * 60_000

/** Ends batches: completed, canceled, and deleted 90 days later. */
export function createBatchEnds({ database, clock, audit, events }: EndDeps) {
  /** Ends a batch without a row that waits or is checked, and reports the end. */
  async function end(tx: Tx, id: AccountBatchId): Promise<void> {
    // Locked first: the rows are read by a later statement, which sees those that a retry has just returned.
    const row = await tx
      .selectFrom('account_batches')
      .select(['status', 'created_by'])
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (!row) return
    const { waiting, checking, connected, failed, canceled, ...rest } = (await countRows(tx, [id]))(id)
    if (waiting + checking > 0) return
    const at = clock.now()
    const status = row.status === 'running' ? 'completed' : row.status
    await tx
      .updateTable('account_batches')
      .set({ status, ended_at: at, paused_until: null })
      .where('id', '=', id)
      .execute()
    const counts = {
      connected,
      failed,
      canceled,
      alreadyConnected: rest['already-connected'],
      duplicates: rest.duplicate,
    }
    if (status === 'completed') {
      await audit.record(tx, { actor: row.created_by, action: 'account_batch.completed', subject: id, detail: counts })
    }
    const payload = { createdBy: row.created_by, status, ...counts }
    await events.append(tx, { kind: 'account_batch.completed', subjectId: id, payload, at })
  }

  /**
   * Cancels the rows that wait. The batch ends with the last row that is checked.
   *
   * @param reason  recorded in the rows
   * @throws {AppError} `account_batches.over` unless the batch is running
   */
  async function cancel(tx: Tx, id: AccountBatchId, actor: string, reason: ErrorCode | null = null): Promise<void> {
    const { numUpdatedRows } = await tx
      .updateTable('account_batches')
      .set({ status: 'canceled', paused_until: null })
      .where('id', '=', id)
      .where('status', '=', 'running')
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new AppError('account_batches.over')
    const { numUpdatedRows: canceled } = await tx
      .updateTable('account_batch_rows')
      .set({ state: 'canceled', next_try_at: null, error_code: reason, error_detail: null })
      .where('batch_id', '=', id)
      .where('state', '=', 'waiting')
      .executeTakeFirst()
    const detail = { rows: Number(canceled) }
    await audit.record(tx, { actor, action: 'account_batch.canceled', subject: id, detail })
    await end(tx, id)
  }

  async function deleteOld(): Promise<void> {
    await database.db
      .deleteFrom('account_batches')
      .where('ended_at', '<', new Date(clock.now().getTime() - KEPT_MS))
      .execute()
  }

  return { end, cancel, deleteOld }
}

export type BatchEnds = ReturnType<typeof createBatchEnds>
