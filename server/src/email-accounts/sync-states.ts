import type { RawBuilder } from 'kysely'
import type { Tx } from '../database/index.ts'
import type { EmailAccountId, FolderId } from '../kernel/ids.ts'

/**
 * Port of schedule and progress of receiving, which `sync` stores in its own tables. `sync` uses this room, so this room
 * receives the functions. Each state is created in the transaction that creates its account or folder.
 *
 * A transaction that changes the state of an account locks the account before it calls one of these functions, as a run
 * of `sync` does: the opposite order would deadlock.
 */
export interface SyncStates {
  /** Subquery for a statement that selects from `email_accounts`: the sync state of the account. */
  ofAccount: RawBuilder<StoredAccountState>
  /** Subquery for a statement that selects from `folders`: the sync state of the folder. */
  ofFolder: RawBuilder<StoredFolderState>

  /** Creates the state of a new account, which is due at once. */
  addAccount(tx: Tx, id: EmailAccountId): Promise<void>
  /** Ends the lease of a run: its next write fails. The account is due at once. */
  interrupt(tx: Tx, id: EmailAccountId): Promise<void>
  /** Makes accounts due at once. Their current runs continue. */
  makeDue(tx: Tx, ids: readonly EmailAccountId[]): Promise<void>
  /** Records a signal that the state of an account has accepted. */
  recordSignal(tx: Tx, id: EmailAccountId, signal: RecordedSignal): Promise<void>

  /** Limits the completeness of an account to that of a folder, before the folder is read again. */
  limitCompleteness(tx: Tx, id: FolderId): Promise<void>
  /** Creates the states of new folders. */
  addFolders(tx: Tx, ids: readonly FolderId[]): Promise<void>
  /** Imports folders again from the start, as if they were new. Known messages are recognized. */
  importAgain(tx: Tx, ids: readonly FolderId[]): Promise<void>
  /** Reads a folder again from the start, without counting as an import. */
  readAgain(tx: Tx, id: FolderId): Promise<void>
}

export interface RecordedSignal {
  /** Counts as one more failure; otherwise the count starts again. */
  isFailure: boolean
  /** Everything was read to its end: the account is proven readable. */
  isUpToDate: boolean
  nextTryAt: Date | undefined
}

/** JSON of a row; times are ISO 8601. */
export interface StoredAccountState {
  dueAt: string
  attempts: number
  nextTryAt: string | null
  push: 'active' | 'polling' | 'failed'
  pushReason: string | null
  completeUpTo: string | null
  lastReceivedAt: string | null
  lastSentAt: string | null
}

/** JSON of a row; times are ISO 8601. */
export interface StoredFolderState {
  imported: boolean
  importedCount: number
  completeUpTo: string | null
}
