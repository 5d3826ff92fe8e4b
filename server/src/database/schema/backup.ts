import type { BackupId } from '../../kernel/ids.ts'

export interface BackupsTable {
  id: BackupId
  made_by: 'schedule' | 'command'
  server: string
  started_at: Date
  ended_at: Date | null
  code: string | null
  cause: string | null
  path: string | null
  size_bytes: number | null
  deleted_at: Date | null
}
