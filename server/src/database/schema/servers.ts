import type { Generated } from 'kysely'
import type { ServerId } from '../../kernel/ids.ts'

export interface ServersTable {
  id: ServerId
  name: string
  version: string
  pid: number
  role: Generated<'server'>
  started_at: Date
  last_seen_at: Date
  stopped_at: Date | null
  vanished_at: Date | null
}
