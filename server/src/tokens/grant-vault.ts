import type { Resource } from '../cloud-providers/index.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { Grant } from './grant.ts'

/** What is told in the transaction that saves it. A change of state is told by itself. */
export interface Refreshed {
  resource: Resource
  /** How long Microsoft took to answer. */
  ms: number
}

/** Saves and returns what was saved: the next save needs its version. */
export type SaveGrant = (grant: Grant, refreshed?: Refreshed) => Promise<Grant>

export interface GrantVault {
  /** @throws {AppError} `tokens.grant_not_found`, `tokens.grant_unreadable` */
  read(id: GrantId): Promise<Grant>

  /**
   * Runs `work` while no one else, here or in another process, holds this grant.
   *
   * A lock and not a transaction: each `save` commits by itself, so what was learned before an error survives the
   * error. A holder that stood still and lost the lock is refused by the version (`tokens.grant_changed`).
   */
  exclusively<T>(id: GrantId, work: (grant: Grant, save: SaveGrant) => Promise<T>): Promise<T>

  /**
   * Notes that a refresh begins, before it is asked for. The note goes with the next save; when a process dies in
   * between it stays, and tells that an answer may have been lost.
   */
  begin(grant: Grant, at: Date): Promise<Grant>
}
