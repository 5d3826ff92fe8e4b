import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import { backoffMs } from '../kernel/backoff.ts'
import type { AppError, ErrorCode } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { BatchRecord, RowRecord } from './account-batch.ts'
import type { AccountBatchesDeps } from './deps.ts'

/** Tries of a row that meets transient errors, 8 to 15 minutes without a longer `Retry-After`. */
const MOST_ATTEMPTS = 8
const BACKOFF = { first: 10_000, longest: 5 * 60_000, jitter: 0.5 }
const LONGEST_DETAIL = 500
/** Errors of the sign-in that opens all rows. */
const OF_PRINCIPAL: ReadonlySet<ErrorCode> = new Set([
  'account_batches.principal_gone',
  'tokens.grant_ended',
  'tokens.grant_not_found',
])

/** Records why rows are not connected, and when they are tried again. */
export function createRowResults({ database, clock, log, emailAccounts, transports }: AccountBatchesDeps) {
  /** Changes a row only as long as it is claimed as it was. */
  function change(tx: Tx, row: RowRecord, values: Partial<Omit<RowRecord, 'batch_id' | 'line'>>) {
    return tx
      .updateTable('account_batch_rows')
      .set(values)
      .where('batch_id', '=', row.batch_id)
      .where('line', '=', row.line)
      .where('state', '=', 'checking')
      .where('claims', '=', row.claims)
      .execute()
  }

  async function findConnected(address: string): Promise<EmailAccountId | null> {
    const wanted = address.toLowerCase()
    const accounts = await emailAccounts.list()
    const found = accounts.find(
      (account) =>
        account.address.toLowerCase() === wanted ||
        account.aliases.some((alias) => alias.address.toLowerCase() === wanted),
    )
    return found?.id ?? null
  }

  /** Tries the row again after a pause, and leaves the other rows alone as long as Microsoft demands. */
  async function postpone(batch: BatchRecord, row: RowRecord, error: AppError): Promise<void> {
    const { cloud_provider_id: cloudProviderId } = batch
    const now = clock.now().getTime()
    const demanded = error.upstream?.retryAt ?? transports.pausedUntil({ cloudProviderId, address: row.address })
    const floorMs = Math.max(0, (demanded?.getTime() ?? 0) - now)
    const pauseMs = backoffMs(BACKOFF, row.attempts, { floorMs })
    const isOfAccount = error.entry.scope === 'mailbox' || error.entry.scope === 'account'
    const attempts = row.attempts + 1
    await database.transaction(async (tx) => {
      if (!isOfAccount) {
        await tx
          .updateTable('account_batches')
          // Other rows may have met a longer demand.
          .set({ paused_until: sql`GREATEST(paused_until, ${new Date(now + Math.max(floorMs, BACKOFF.first))})` })
          .where('cloud_provider_id', '=', cloudProviderId)
          .where('status', '=', 'running')
          .execute()
      }
      const locked = tx.selectFrom('account_batches').select('status').where('id', '=', batch.id).forUpdate()
      const isCanceled = (await locked.executeTakeFirst())?.status === 'canceled'
      const tried =
        attempts < MOST_ATTEMPTS
          ? { state: 'waiting' as const, next_try_at: new Date(now + pauseMs) }
          : { state: 'failed' as const, next_try_at: null }
      await change(tx, row, {
        // No later try follows in a batch that was canceled meanwhile.
        ...(isCanceled ? { state: 'canceled' as const, next_try_at: null } : tried),
        attempts,
        error_code: error.code,
        error_detail: error.detail?.slice(0, LONGEST_DETAIL) ?? null,
      })
    })
  }

  async function fail(batch: BatchRecord, row: RowRecord, error: AppError): Promise<void> {
    const isOfAll = error.entry.scope === 'registration' || OF_PRINCIPAL.has(error.code)
    const failure = {
      state: 'failed' as const,
      next_try_at: null,
      error_code: error.code,
      error_detail: error.detail?.slice(0, LONGEST_DETAIL) ?? null,
    }
    await database.transaction(async (tx) => {
      await change(tx, row, failure)
      // A fault of the registration or the sign-in is that of every row, so no further request is sent.
      if (!isOfAll) return
      await tx
        .updateTable('account_batch_rows')
        .set(failure)
        .where('batch_id', '=', batch.id)
        .where('state', '=', 'waiting')
        .execute()
    })
  }

  /** Records the error of a row: that it is connected already, a later try, or a failure. */
  async function record(batch: BatchRecord, row: RowRecord, error: AppError): Promise<void> {
    if (error.code === 'email_accounts.address_taken') {
      const found = await findConnected(row.address)
      const state = { state: 'already-connected' as const, error_code: null, error_detail: null, next_try_at: null }
      await database.transaction((tx) => change(tx, row, { ...state, email_account_id: found }))
    } else if (error.remedy === 'wait') {
      await postpone(batch, row, error)
    } else {
      if (error.remedy === 'bug')
        log.error({ err: error, batchId: batch.id, line: row.line }, 'A mailbox was not connected')
      await fail(batch, row, error)
    }
  }

  return { record }
}
