import type { Tx } from '../database/index.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { GrantSummary } from './grant.ts'

/** A grant that a sign-in has added or renewed, with its user. */
export type SignedInGrant = Pick<GrantSummary, 'id' | 'tenantId' | 'objectId' | 'userName'>

/** Work of another room that belongs to each completed sign-in, in whichever flow. */
export interface SignInHook {
  /** Runs in the transaction that keeps the sign-in; nothing is kept when it throws. */
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
