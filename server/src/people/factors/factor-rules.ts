import type { Tx } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { PersonId } from '../../kernel/ids.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { KeepBreakGlass } from '../policy/break-glass.ts'
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
  /**
   * Called after a factor was removed. Recovery codes end with the last one.
   *
   * @throws {AppError} `people.last_sign_in` for a person who could no longer sign in, `people.last_break_glass`
   */
  removed(tx: Tx, id: PersonId): Promise<void>
  /** Registers another way to sign in. */
  alsoSignsIn(hook: OtherSignIn): void
}

/**
 * Returns true for a person who signs in by another room, and locks this way until the end of the transaction. For rooms
 * that `people` doesn't import.
 */
export type OtherSignIn = (tx: Tx, id: PersonId) => Promise<boolean>

export function createFactorRules(recoveryCodes: RecoveryCodes, keepBreakGlass: KeepBreakGlass): FactorRules {
  const others: OtherSignIn[] = []

  /** True for a person with a password, a passkey or another way. An authenticator app alone doesn't sign in. */
  async function canSignIn(tx: Tx, id: PersonId): Promise<boolean> {
    const password = tx
      .selectFrom('sign_in_methods')
      .select('user_id')
      .where('user_id', '=', id)
      .where('provider_id', '=', 'credential')
      .where('password', 'is not', null)
    const passkey = tx.selectFrom('passkeys').select('user_id').where('user_id', '=', id)
    if ((await password.unionAll(passkey).limit(1).executeTakeFirst()) !== undefined) return true
    for (const signsIn of others) if (await signsIn(tx, id)) return true
    return false
  }

  return {
    async adding(tx, id) {
      return { recoveryCodes: (await hasFactor(tx, id)) ? undefined : await recoveryCodes.create(tx, id) }
    },

    async removed(tx, id) {
      if (!(await canSignIn(tx, id))) throw new AppError('people.last_sign_in')
      await keepBreakGlass(tx, id, `person:${id}`)
      if (await hasFactor(tx, id)) return
      await recoveryCodes.remove(tx, id)
    },

    alsoSignsIn(hook) {
      others.push(hook)
    },
  }
}
