import type { ColumnType, Generated } from 'kysely'
import type { ErasureId, FolderId } from '../../kernel/ids.ts'

export interface ErasureKeyTable {
  one: Generated<boolean>
  sealed: Buffer
  key_id: string
}

export interface ErasedAddressesTable {
  hash: Buffer
  erased_at: Date
}

export interface ErasedMessagesTable {
  hash: Buffer
}

export interface ErasedLocationsTable {
  folder_id: FolderId
  remote_id: string
  received_at: Date
}

export interface ErasuresTable {
  id: ErasureId
  actor: string
  started_at: Date
  addresses: string[] | null
  step: Generated<number>
  position: string | null
  report: ColumnType<unknown, string, string>
  batches: Generated<number>
  failed_as: string | null
  ended_at: Date | null
}
