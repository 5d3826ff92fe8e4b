import type { Tx } from '../../database/index.ts'
import type { PersonId } from '../../kernel/ids.ts'
import type { Secret } from '../../kernel/secret.ts'
import { hasFactor } from './factor-changes.ts'
import type { RecoveryCodes } from './recovery-codes.ts'

/** A factor was added. Recovery codes are created with the first one, and shown once. */
export interface AddedFactor {
  recoveryCodes: Secret[] | undefined
}

/** Rules for a change of any factor, in its transaction. */
export interface FactorRules {
  /** Called before a factor is added. */
  adding(tx: Tx, id: PersonId): Promise<AddedFactor>
  /** Called after a factor was removed. Recovery codes end with the last one. */
  removed(tx: Tx, id: PersonId): Promise<void>
}

export function createFactorRules(recoveryCodes: RecoveryCodes): FactorRules {
  return {
    async adding(tx, id) {
      return { recoveryCodes: (await hasFactor(tx, id)) ? undefined : await recoveryCodes.create(tx, id) }
    },

    async removed(tx, id) {
      if (await hasFactor(tx, id)) return
      await recoveryCodes.remove(tx, id)
    },
  }
}
