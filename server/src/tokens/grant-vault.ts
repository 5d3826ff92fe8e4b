import type { Grant } from './grant.ts'
import type { GrantId } from '../kernel/ids.ts'

/** Saves and returns what was saved: the next save needs its version. */
export type SaveGrant = (grant: Grant) => Promise<Grant>

export interface GrantVault {
  /** @throws {AppError} `tokens.grant_not_found` */
  read(id: GrantId): Promise<Grant>

  /**
   * Runs `work` while no one else, here or in another process, holds this grant.
   *
   * A lock and not a transaction: each `save` commits by itself, so what was learned before an error survives the
   * error. A holder that stood still and lost the lock is refused by the version (`tokens.grant_changed`).
   */
  exclusively<T>(id: GrantId, work: (grant: Grant, save: SaveGrant) => Promise<T>): Promise<T>
}
