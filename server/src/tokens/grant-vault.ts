import type { Resource } from '../cloud-providers/index.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { Grant } from './grant.ts'

/** Data of the refresh event, written in the transaction that saves the grant. State changes write their own event. */
export interface Refreshed {
  resource: Resource
  /** Response time of Microsoft, in milliseconds. */
  ms: number
}

/** Saves a grant and returns it with its new version, which the next save needs. */
export type SaveGrant = (grant: Grant, refreshed?: Refreshed) => Promise<Grant>

export interface GrantVault {
  /** @throws {AppError} `tokens.grant_not_found`, `tokens.grant_unreadable` */
  read(id: GrantId): Promise<Grant>

  /**
   * Runs `work` while no other caller, here or in another process, holds the lock of this grant.
   *
   * A lock instead of a transaction: each `save` commits on its own, so results before an error are kept. A holder that
   * stalled and lost the lock is rejected by the version (`tokens.grant_changed`).
   */
  exclusively<T>(id: GrantId, work: (grant: Grant, save: SaveGrant) => Promise<T>): Promise<T>

  /**
   * Marks the start of a refresh before its request. The next save removes the mark. If the process crashes in between,
   * the mark stays and shows that a response may be lost.
   */
  begin(grant: Grant, at: Date): Promise<Grant>
}
