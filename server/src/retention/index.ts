/**
 * Deletes data by age: data with a retention set by an admin, and rows of tables that only grow. Counts the stored mail of
 * mailboxes. Erases people. Owns `account_retention`, `installation_retention`, `account_sizes` and `erasures`; the room of a
 * table has the statements that delete from it. `http` shows and changes the settings.
 */
export { FEWEST_DAYS, MOST_DAYS } from './ages.ts'
export type { CountedSizes } from './account-sizes.ts'
export {
  ERASED_KINDS,
  REMAINING_KINDS,
  type ErasedKind,
  type RemainingKind,
  type ErasedMailCounts,
  type ErasureReport,
} from './erasure/erasure-report.ts'
export { ERASURE_SCANS } from './erasure/erasure-scans.ts'
export { MOST_NAMED } from './erasure/erasure-report.ts'
export { MOST_ADDRESSES, type Erasure, type Erasures } from './erasure/erasures.ts'
export type { ErasurePreview } from './erasure/erasure-previews.ts'
export { MOST_COUNTED, MOST_MAIL_COUNTED } from './retention-previews.ts'
export { createRetention, type Deleted, type Retention, type RetentionDeps } from './retention.ts'
