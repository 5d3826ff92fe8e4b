/**
 * Account batches: up to 500 mailboxes that one call connects in the background, by the application of a Cloud Provider or
 * by one grant. Rows are checked together beforehand; each then has a state of its own, and failed ones can be tried again.
 *
 * Owns `account_batches` and `account_batch_rows`. `http` and `cli` call it for admins and programs; a ticker works on
 * batches, also on those that a stopped server has left.
 */
export { createAccountBatches, type AccountBatchesRoom } from './create-account-batches.ts'
export { MOST_ROWS, ROW_STATES } from './account-batch.ts'
export type {
  AccountBatch,
  AccountBatches,
  BatchRow,
  BatchRowState,
  NewAccountBatch,
  RowCounts,
} from './account-batch.ts'
export type { CheckedBatch, CheckedRow } from './checked-rows.ts'
export type { GivenRow } from './csv-rows.ts'
