import type { Selectable } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { RequestedPrincipal } from '../email-accounts/index.ts'
import type { AccountBatchId, CloudProviderId, EmailAccountId, GrantId, PersonId } from '../kernel/ids.ts'
import type { CheckedBatch, RowDefaults } from './checked-rows.ts'
import type { GivenRow } from './csv-rows.ts'

export const MOST_ROWS = 500
/** Batches of one creator that are in progress at the same time. */
export const MOST_OPEN = 20

export type BatchRecord = Selectable<Schema['account_batches']>
export type RowRecord = Selectable<Schema['account_batch_rows']>
export type BatchRowState = RowRecord['state']

export type RowCounts = Readonly<Record<BatchRowState, number>>

/** Mailboxes to connect: exactly one of `rows` and `csv`, opened by exactly one principal. */
export interface NewAccountBatch extends RequestedPrincipal {
  rows?: readonly GivenRow[] | undefined
  csv?: string | undefined
  defaults: RowDefaults
  /** True for a request by a key: each mailbox is its own contact, because contacts get mail. */
  isOwnContact?: boolean | undefined
  /** As of an association. */
  closesOlderThanDays?: number | null | undefined
  /** Supervisors and agents who get access to each mailbox. */
  memberIds?: readonly PersonId[] | undefined
}

export interface AccountBatch {
  id: AccountBatchId
  status: BatchRecord['status']
  cloudProviderId: CloudProviderId
  /** Organization whose mailboxes the application opens. */
  tenantId: string | undefined
  grantId: GrantId | undefined
  createdBy: string
  createdAt: Date
  endedAt: Date | undefined
  /** Microsoft wants no requests before this time; then the batch continues. */
  pausedUntil: Date | undefined
  total: number
  counts: RowCounts
}

export interface BatchRow {
  line: number
  address: string
  kind: 'user' | 'shared'
  name: string
  key: string | undefined
  contact: string
  importDays: number | undefined
  state: BatchRowState
  errorCode: string | undefined
  /** Detail of the failure, such as the answer of a server. */
  errorDetail: string | undefined
  nextTryAt: Date | undefined
  /** Line with the same mailbox. */
  duplicateOf: number | undefined
  emailAccountId: EmailAccountId | undefined
}

export interface AccountBatches {
  /** Checks the rows without connecting anything. Faults are part of the result. */
  preview(wanted: NewAccountBatch): Promise<CheckedBatch>
  /**
   * Stores a batch and begins to connect it. The same key and request return the same batch.
   *
   * @param key  Idempotency-Key
   * @throws {AppError} `account_batches.rows_invalid`, `account_batches.key_reused`, `cloud_providers.not_found`,
   *   `tokens.grant_not_found`, `email_accounts.tenant_not_admitted`, `email_accounts.personal_not_shared`,
   *   `account_batches.too_many`
   */
  create(wanted: NewAccountBatch, actor: string, key?: string): Promise<AccountBatch>
  /** Batches of an actor or of all, newest first. */
  list(filter: {
    createdBy?: string | undefined
    before?: AccountBatchId | undefined
    limit: number
  }): Promise<{ batches: AccountBatch[]; next: AccountBatchId | undefined }>
  /** @throws {AppError} `account_batches.not_found`, also for a batch of another actor than `createdBy` */
  get(id: AccountBatchId, createdBy?: string): Promise<AccountBatch>
  /** Rows by line, after a line. */
  rows(
    id: AccountBatchId,
    filter: { states?: readonly BatchRowState[] | undefined; after?: number | undefined; limit: number },
    createdBy?: string,
  ): Promise<{ rows: BatchRow[]; next: number | undefined }>
  /** Cancels the waiting rows. Mailboxes that are connected stay. @throws {AppError} `account_batches.over` */
  cancel(id: AccountBatchId, actor: string, createdBy?: string): Promise<AccountBatch>
  /**
   * Connects failed rows again, in the name of the actor: all, or those of some lines.
   *
   * @throws {AppError} `account_batches.nothing_failed`
   */
  retry(
    id: AccountBatchId,
    actor: string,
    options?: { lines?: readonly number[] | undefined; createdBy?: string | undefined },
  ): Promise<AccountBatch>
}

export const ROW_STATES = [
  'waiting',
  'checking',
  'connected',
  'already-connected',
  'duplicate',
  'failed',
  'canceled',
] as const satisfies readonly BatchRowState[]

export function toBatch(row: BatchRecord, counts: RowCounts): AccountBatch {
  return {
    id: row.id,
    status: row.status,
    cloudProviderId: row.cloud_provider_id,
    tenantId: row.tenant_id ?? undefined,
    grantId: row.grant_id ?? undefined,
    createdBy: row.created_by,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
    pausedUntil: row.status === 'running' ? (row.paused_until ?? undefined) : undefined,
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),
    counts,
  }
}

export function toBatchRow(row: RowRecord): BatchRow {
  return {
    line: row.line,
    address: row.address,
    kind: row.kind,
    name: row.name,
    key: row.key ?? undefined,
    contact: row.contact,
    importDays: row.import_days ?? undefined,
    state: row.state,
    errorCode: row.error_code ?? undefined,
    errorDetail: row.error_detail ?? undefined,
    nextTryAt: row.state === 'waiting' ? (row.next_try_at ?? undefined) : undefined,
    duplicateOf: row.duplicate_of ?? undefined,
    emailAccountId: row.email_account_id ?? undefined,
  }
}
