/** Deletes rows that are older than the retention period. Owns no table; deletes from tables that only grow. */
export { createRetention, type Deleted, type Retention, type RetentionDeps } from './retention.ts'
