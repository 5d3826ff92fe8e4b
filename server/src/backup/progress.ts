/** Steps of a backup and a restore, in their order. */
export type BackupStep = 'backup' | 'verify' | 'load' | 'index' | 'analyze'

export interface BackupProgress {
  step: BackupStep
  table?: string | undefined
  /** Bytes, or statements in the step `index`; an estimate in the step `backup`. */
  done: number
  of: number
}

export type ReportProgress = (progress: BackupProgress) => void
