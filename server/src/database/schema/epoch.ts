import type { ColumnType, Generated } from 'kysely'
import type { DatabaseRestoreId, SubmissionId } from '../../kernel/ids.ts'

export interface DatabaseEpochsTable {
  id: string
  counter: number
  at: Date
  ended_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  restored_at: ColumnType<Date | null, Date | null | undefined, Date | null>
}

export interface DatabaseRestoresTable {
  id: DatabaseRestoreId
  reason: 'restored' | 'older' | 'other-database' | 'unknown-host'
  from_at: Date
  seen_at: Date | null
  detected_at: Date
}

export interface HeldSubmissionsTable {
  submission_id: SubmissionId
  restore_id: DatabaseRestoreId
  in_sent: Generated<'pending' | 'found' | 'not-found' | 'unreadable'>
  due_at: Date
}
