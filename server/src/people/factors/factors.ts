import type { Audit } from '../../audit/index.ts'
import type { Database } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { PersonId } from '../../kernel/ids.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { SecurityMail } from '../security-mail.ts'
import type { SessionEnds } from '../session-ends.ts'
import type { SignInClient } from '../session.ts'
import type { AuthenticatorApps, AuthenticatorSetup } from './authenticator-apps.ts'
import type { KeepBreakGlass } from '../policy/break-glass.ts'
import { changeFactors, hasFactor, removeFactors, type FactorChange } from './factor-changes.ts'
import type { FirstCodeCheck } from './first-code-check.ts'
import type { AddedFactor, FactorRules } from './factor-rules.ts'
import type { Passkey, Passkeys } from './passkeys.ts'
import type { RecoveryCodes } from './recovery-codes.ts'

/** Ways to complete the second step of a sign-in. */
export const SECOND_STEPS = ['passkey', 'totp', 'recovery-code'] as const
export type SecondStep = (typeof SECOND_STEPS)[number]

/** Factors of a person beside the password. */
export interface FactorList {
  /** Since when the authenticator app is in use; undefined without one. */
  appInUseSince: Date | undefined
  passkeys: Passkey[]
  recoveryCodesLeft: number
}

export interface Factors {
  list(id: PersonId): Promise<FactorList>
  /** Returns how a person completes a sign-in with a password; empty without a second factor. */
  secondSteps(id: PersonId): Promise<SecondStep[]>
  setUpApp(change: FactorChange): Promise<AuthenticatorSetup>
  /**
   * Puts the new app into use with its first code. Wrong codes are counted.
   *
   * @throws {AppError} `people.wrong_code`, `people.factor_not_found`, `people.too_many_tries`
   */
  useApp(change: FactorChange, code: string, client: SignInClient): Promise<AddedFactor>
  /** Removes the app, and ends all other sessions. Without another factor, the recovery codes end with it. */
  removeApp(change: FactorChange): Promise<void>
  /** @throws {AppError} `people.factor_not_found` without a factor */
  createRecoveryCodes(change: FactorChange): Promise<Secret[]>
  /** Registers another way to sign in, which permits the removal of the last passkey. */
  alsoSignsIn: FactorRules['alsoSignsIn']
  /** Removes all factors and ends all sessions, for a person who has lost their factors. */
  reset(id: PersonId, actor: string): Promise<void>
}

export interface FactorsDeps {
  database: Database
  audit: Audit
  apps: AuthenticatorApps
  passkeys: Pick<Passkeys, 'list'>
  recoveryCodes: RecoveryCodes
  rules: FactorRules
  keepBreakGlass: KeepBreakGlass
  securityMail: SecurityMail
  ends: Pick<SessionEnds, 'end'>
  checkFirstCode: FirstCodeCheck
}

export function createFactors(deps: FactorsDeps): Factors {
  const { database, audit, apps, passkeys, recoveryCodes, rules, keepBreakGlass, securityMail, ends, checkFirstCode } =
    deps
  const { db } = database

  async function list(id: PersonId, source: Database['db'] = db): Promise<FactorList> {
    const app = await source
      .selectFrom('authenticator_apps')
      .select('in_use_since')
      .where('user_id', '=', id)
      .where('in_use_since', 'is not', null)
      .executeTakeFirst()
    return {
      appInUseSince: app?.in_use_since ?? undefined,
      passkeys: await passkeys.list(source, id),
      recoveryCodesLeft: await recoveryCodes.countLeft(source, id),
    }
  }

  return {
    list: (id) => list(id),

    async secondSteps(id) {
      const { appInUseSince, passkeys: keys, recoveryCodesLeft } = await list(id)
      if (!appInUseSince && keys.length === 0) return []
      return [
        ...(keys.length > 0 ? (['passkey'] as const) : []),
        ...(appInUseSince ? (['totp'] as const) : []),
        ...(recoveryCodesLeft > 0 ? (['recovery-code'] as const) : []),
      ]
    },

    setUpApp: ({ id, sessionId }) => changeFactors(database, id, (tx) => apps.setUp(tx, id, sessionId)),

    useApp: async ({ id, sessionId, clientAddress }, code, client) => {
      const step = await checkFirstCode({ id, sessionId }, code, client)
      return changeFactors(database, id, async (tx) => {
        const added = await rules.adding(tx, id)
        await apps.use(tx, id, step)
        const actor = `person:${id}`
        await audit.record(tx, { actor, action: 'factor.added', subject: id, detail: { kind: 'authenticator-app' } })
        await securityMail(tx, id, { kind: 'totp_added' }, { clientAddress })
        return added
      })
    },

    removeApp: ({ id, sessionId, clientAddress }) =>
      changeFactors(database, id, async (tx) => {
        if (!(await list(id, tx)).appInUseSince) throw new AppError('people.factor_not_found')
        await tx.deleteFrom('authenticator_apps').where('user_id', '=', id).execute()
        await rules.removed(tx, id)
        const actor = `person:${id}`
        await ends.end(tx, id, { reason: 'factor-removed', actor }, { except: sessionId })
        await audit.record(tx, { actor, action: 'factor.removed', subject: id, detail: { kind: 'authenticator-app' } })
        await securityMail(tx, id, { kind: 'totp_removed' }, { clientAddress })
      }),

    createRecoveryCodes: ({ id, clientAddress }) =>
      changeFactors(database, id, async (tx) => {
        if (!(await hasFactor(tx, id))) throw new AppError('people.factor_not_found')
        const codes = await recoveryCodes.create(tx, id)
        await audit.record(tx, { actor: `person:${id}`, action: 'recovery_code.created', subject: id })
        await securityMail(tx, id, { kind: 'recovery_codes_replaced' }, { clientAddress })
        return codes
      }),

    alsoSignsIn: (hook) => rules.alsoSignsIn(hook),

    reset: (id, actor) =>
      changeFactors(database, id, async (tx) => {
        await removeFactors(tx, id)
        await keepBreakGlass(tx, id, actor)
        await ends.end(tx, id, { reason: 'factor-removed', actor })
        await audit.record(tx, { actor, action: 'factor.reset', subject: id })
        await securityMail(tx, id, { kind: 'factors_removed' })
      }),
  }
}
