import type { RawBuilder } from 'kysely'
import type { Tx } from '../database/index.ts'
import type { FolderId } from '../kernel/ids.ts'

/**
 * Port of the progress of receiving, which `sync` stores in its own tables. `sync` uses this room, so this room receives
 * the functions. Each state is created in the transaction that creates its folder.
 */
export interface SyncStates {
  /** Subquery for a statement that selects from `folders`: the state of the folder. */
  ofFolder: RawBuilder<StoredFolderState>

  /** Creates the states of new folders. */
  addFolders(tx: Tx, ids: readonly FolderId[]): Promise<void>
  /** Imports folders again from the start, as if they were new. Known messages are recognized. */
  importAgain(tx: Tx, ids: readonly FolderId[]): Promise<void>
  /** Reads a folder again from the start, without counting as an import. */
  readAgain(tx: Tx, id: FolderId): Promise<void>
}

/** JSON of a row. */
export interface StoredFolderState {
  imported: boolean
  importedCount: number
  completeUpTo: string | null
}
