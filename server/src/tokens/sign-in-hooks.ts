import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import { isDatabaseError } from '../kernel/errors.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { GrantSummary } from './grant.ts'

/** A grant that a sign-in has added or renewed, with its user. */
export type SignedInGrant = Pick<GrantSummary, 'id' | 'tenantId' | 'objectId' | 'userName'>

/** Work of another room that belongs to each completed sign-in, in whichever flow. */
export interface SignInHook {
  /**
   * Runs in the transaction that keeps the sign-in; nothing is kept when it throws. Exception: a row that another
   * transaction locks for too long. Then only this work is undone, and runs later in a transaction of its own.
   */
  inTransaction(tx: Tx, grant: SignedInGrant): Promise<void>
  /** Runs after the commit. A crash can skip it, so it only does at once what a ticker does otherwise. */
  afterCommit(grantId: GrantId): Promise<void>
}

export type SignInHooks = ReturnType<typeof createSignInHooks>

export function createSignInHooks(log: Log) {
  const hooks: SignInHook[] = []

  return {
    onSignIn: (hook: SignInHook): void => void hooks.push(hook),

    async inTransaction(tx: Tx, grant: SignedInGrant): Promise<void> {
      for (const hook of hooks) await hook.inTransaction(tx, grant)
    },

    /**
     * Like `inTransaction`, but undoes only the hooks when a lock is not released in time. The caller keeps the tokens,
     * which Microsoft issues once, and records the sign-in as unfinished.
     *
     * @returns false if the hooks are undone
     */
    async tryInTransaction(tx: Tx, grant: SignedInGrant): Promise<boolean> {
      await sql`SAVEPOINT sign_in_hooks`.execute(tx)
      try {
        for (const hook of hooks) await hook.inTransaction(tx, grant)
      } catch (err) {
        if (!isDatabaseError(err) || err.remedy !== 'wait') throw err
        await sql`ROLLBACK TO SAVEPOINT sign_in_hooks`.execute(tx)
        log.warn({ err, grantId: grant.id }, 'The mailboxes of a sign-in are updated later')
        return false
      }
      return true
    },

    /** Never throws: the sign-in is kept already. */
    async afterCommit(grantId: GrantId): Promise<void> {
      for (const hook of hooks) {
        await hook
          .afterCommit(grantId)
          .catch((err: unknown) => log.warn({ err, grantId }, 'Checks after a sign-in are done later'))
      }
    },
  }
}
