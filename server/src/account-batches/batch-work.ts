import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import { AppError, isDatabaseError } from '../kernel/errors.ts'
import type { AccountBatchId, CloudProviderId, EmailAccountId, PersonId } from '../kernel/ids.ts'
import type { BatchRecord, RowRecord } from './account-batch.ts'
import type { BatchEnds } from './batch-ends.ts'
import type { AccountBatchesDeps } from './deps.ts'
import { createRowResults } from './row-results.ts'

/** Mailboxes of one Cloud Provider that are connected at the same time, by all servers together. */
const AT_ONCE = 4
const LOST_RIGHTS = new AppError('account_batches.rights_lost').code

/**
 * Connects the waiting rows of batches. One process at a time works on the batches of a Cloud Provider, because Microsoft
 * counts the requests of an application together. A row is claimed, and its account is added in the transaction that
 * records it: a process that is killed leaves the row as it was, and no mailbox is connected twice.
 */
export function createBatchWork(deps: AccountBatchesDeps & { ends: Pick<BatchEnds, 'end' | 'cancel'> }) {
  const { database, clock, emailAccounts } = deps
  const { db } = database
  const results = createRowResults(deps)

  /** Returns rows that a killed process has claimed. The caller has the lock, so no other process works on them. */
  async function releaseLeft(providerId: CloudProviderId): Promise<void> {
    await sql`
      UPDATE account_batch_rows AS r
      SET state = CASE b.status WHEN 'running' THEN 'waiting' ELSE 'canceled' END
      FROM account_batches AS b
      WHERE b.id = r.batch_id AND r.state = 'checking' AND b.cloud_provider_id = ${providerId} AND b.ended_at IS NULL`.execute(
      db,
    )
  }

  async function claim(id: AccountBatchId): Promise<RowRecord | undefined> {
    const now = clock.now()
    const { rows } = await sql<RowRecord>`
      UPDATE account_batch_rows AS r SET state = 'checking', claims = claims + 1
      WHERE (batch_id, line) = (
        SELECT batch_id, line FROM account_batch_rows
        WHERE batch_id = ${id} AND state = 'waiting' AND (next_try_at IS NULL OR next_try_at <= ${now})
          AND EXISTS (SELECT FROM account_batches WHERE id = ${id} AND status = 'running'
                      AND (paused_until IS NULL OR paused_until <= ${now}))
        ORDER BY line LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING r.*`.execute(db)
    return rows[0]
  }

  /** Part of the transaction that adds the account. @throws {AppError} when another process has claimed the row meanwhile */
  async function recordConnected(tx: Tx, batch: BatchRecord, row: RowRecord, id: EmailAccountId): Promise<void> {
    const { numUpdatedRows } = await tx
      .updateTable('account_batch_rows')
      .set({ state: 'connected', email_account_id: id, error_code: null, error_detail: null, next_try_at: null })
      .where('batch_id', '=', row.batch_id)
      .where('line', '=', row.line)
      .where('state', '=', 'checking')
      .where('claims', '=', row.claims)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new AppError('database.lock_lost')
    if (batch.member_ids.length === 0) return
    const memberIds = await deps.addMembers(tx, batch.member_ids as PersonId[], id)
    const detail = { memberIds, batchId: batch.id }
    await deps.audit.record(tx, { actor: batch.acts_as, action: 'email_account.members_added', subject: id, detail })
  }

  /** Keys that open rows ask for, so that no other row gets one of them by its address. */
  async function reservedKeys(tx: Tx): Promise<string[]> {
    const { rows } = await sql<{ key: string }>`
      SELECT r.key FROM account_batches AS b JOIN account_batch_rows AS r ON r.batch_id = b.id
      WHERE b.ended_at IS NULL AND r.state IN ('waiting', 'checking') AND r.key IS NOT NULL`.execute(tx)
    return rows.map(({ key }) => key)
  }

  async function connect(batch: BatchRecord, row: RowRecord): Promise<void> {
    const { cloud_provider_id: cloudProviderId, tenant_id: tenantId, grant_id: grantId } = batch
    const { address, kind, name, contact } = row
    if (tenantId === null && grantId === null) throw new AppError('account_batches.principal_gone')
    await emailAccounts.associate(
      {
        ...{ address, kind, name, contact, key: row.key ?? undefined },
        ...(grantId === null ? { applicationOf: { cloudProviderId, tenantId: tenantId! } } : { grantId }),
        importDays: row.import_days ?? undefined,
        closesOlderThanDays: batch.closes_older_than,
        unattended: { reservedKeys, within: (tx, id) => recordConnected(tx, batch, row, id) },
      },
      batch.acts_as,
    )
  }

  /** Connects rows until none is due. Several calls share a batch. */
  async function connectDue(batch: BatchRecord, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      if (!(await deps.mayConnect(batch.acts_as))) {
        await cancelOfLostRights(batch.id)
        return
      }
      const row = await claim(batch.id)
      if (!row) return
      try {
        await connect(batch, row)
      } catch (thrown) {
        // The row keeps its claim, and the next round releases it.
        if (isDatabaseError(thrown)) throw thrown
        await results.record(batch, row, AppError.from(thrown))
      }
    }
  }

  async function cancelOfLostRights(id: AccountBatchId): Promise<void> {
    await database
      .transaction((tx) => deps.ends.cancel(tx, id, 'postkey', LOST_RIGHTS))
      .catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== 'account_batches.over') throw error
      })
  }

  async function workOn(providerId: CloudProviderId, stop: AbortSignal): Promise<void> {
    await releaseLeft(providerId)
    const batches = await db
      .selectFrom('account_batches')
      .selectAll()
      .where('cloud_provider_id', '=', providerId)
      .where('ended_at', 'is', null)
      .orderBy('id')
      .execute()
    for (const batch of batches) {
      if (stop.aborted) return
      const workers = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => connectDue(batch, stop)))
      const failed = workers.find((worker) => worker.status === 'rejected')
      if (failed) throw failed.reason
      await database.transaction((tx) => deps.ends.end(tx, batch.id))
    }
  }

  /** Connects what is due at every Cloud Provider on which no other process works, or at one of them. */
  return async function runDue(
    stop: AbortSignal = new AbortController().signal,
    only?: CloudProviderId,
  ): Promise<void> {
    let query = db.selectFrom('account_batches').select('cloud_provider_id as id').distinct()
    if (only !== undefined) query = query.where('cloud_provider_id', '=', only)
    const providers = await query.where('ended_at', 'is', null).execute()
    const ended = await Promise.allSettled(
      providers.map(({ id }) =>
        database.tryLock(`account-batches:${id}`, (lost) => workOn(id, AbortSignal.any([stop, lost]))),
      ),
    )
    const failed = ended.find((each) => each.status === 'rejected')
    if (failed) throw failed.reason
  }
}
