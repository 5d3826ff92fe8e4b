import type { Audit } from '../../audit/index.ts'
import type { Database, Tx } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { PersonId } from '../../kernel/ids.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { SecurityMail } from '../security-mail.ts'
import type { AuthenticatorApps, AuthenticatorSetup } from './authenticator-apps.ts'
import type { RecoveryCodes } from './recovery-codes.ts'

/** Ways to complete the second step of a sign-in. */
export const SECOND_STEPS = ['totp', 'recovery-code'] as const
export type SecondStep = (typeof SECOND_STEPS)[number]

/** Factors of a person beside the password. */
export interface FactorList {
  /** Since when the authenticator app is in use; undefined without one. */
  appInUseSince: Date | undefined
  recoveryCodesLeft: number
}

/** A factor was added. Recovery codes are created with the first one, and shown once. */
export interface AddedFactor {
  recoveryCodes: Secret[] | undefined
}

export interface FactorChange {
  id: PersonId
  /** The session of the change, which continues. */
  sessionId: string
  clientAddress: string
}

export interface Factors {
  list(id: PersonId): Promise<FactorList>
  /** Returns how a person completes a sign-in with a password; empty without a second factor. */
  secondSteps(id: PersonId): Promise<SecondStep[]>
  setUpApp(id: PersonId): Promise<AuthenticatorSetup>
  /** @throws {AppError} `people.wrong_code`, `people.factor_not_found` */
  useApp(change: FactorChange, code: string): Promise<AddedFactor>
  /** Removes the app, and ends all other sessions. Without another factor, the recovery codes end with it. */
  removeApp(change: FactorChange): Promise<void>
  /** @throws {AppError} `people.factor_not_found` without a factor */
  createRecoveryCodes(change: FactorChange): Promise<Secret[]>
  /** Removes all factors and ends all sessions, for a person who has lost their factors. */
  reset(id: PersonId, actor: string): Promise<void>
}

export interface FactorsDeps {
  database: Database
  audit: Audit
  apps: AuthenticatorApps
  recoveryCodes: RecoveryCodes
  securityMail: SecurityMail
}

export function createFactors({ database, audit, apps, recoveryCodes, securityMail }: FactorsDeps): Factors {
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
      recoveryCodesLeft: await recoveryCodes.countLeft(source, id),
    }
  }

  /** Changes the factors of one person one after the other. */
  function change<T>(id: PersonId, work: (tx: Tx) => Promise<T>): Promise<T> {
    return database.transaction(async (tx) => {
      const person = await tx
        .selectFrom('users')
        .select('id')
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .forUpdate()
        .executeTakeFirst()
      if (!person) throw new AppError('people.not_found')
      return work(tx)
    })
  }

  async function endSessions(tx: Tx, id: PersonId, exceptId?: string): Promise<void> {
    await tx.deleteFrom('pending_sign_ins').where('user_id', '=', id).execute()
    await tx
      .deleteFrom('sessions')
      .where('user_id', '=', id)
      .$if(exceptId !== undefined, (query) => query.where('id', '<>', exceptId!))
      .execute()
  }

  return {
    list: (id) => list(id),

    async secondSteps(id) {
      const { appInUseSince, recoveryCodesLeft } = await list(id)
      if (!hasFactor({ appInUseSince })) return []
      return [
        ...(appInUseSince ? (['totp'] as const) : []),
        ...(recoveryCodesLeft > 0 ? (['recovery-code'] as const) : []),
      ]
    },

    setUpApp: (id) => change(id, (tx) => apps.setUp(tx, id)),

    useApp: ({ id, clientAddress }, code) =>
      change(id, async (tx) => {
        const isFirst = !hasFactor(await list(id, tx))
        await apps.use(tx, id, code)
        const actor = `person:${id}`
        await audit.record(tx, { actor, action: 'factor.added', subject: id, detail: { kind: 'authenticator-app' } })
        await securityMail(tx, id, { kind: 'totp_added' }, { clientAddress })
        return { recoveryCodes: isFirst ? await recoveryCodes.create(tx, id) : undefined }
      }),

    removeApp: ({ id, sessionId, clientAddress }) =>
      change(id, async (tx) => {
        if (!(await list(id, tx)).appInUseSince) throw new AppError('people.factor_not_found')
        await tx.deleteFrom('authenticator_apps').where('user_id', '=', id).execute()
        if (!hasFactor(await list(id, tx))) await recoveryCodes.remove(tx, id)
        await endSessions(tx, id, sessionId)
        const actor = `person:${id}`
        await audit.record(tx, { actor, action: 'factor.removed', subject: id, detail: { kind: 'authenticator-app' } })
        await securityMail(tx, id, { kind: 'totp_removed' }, { clientAddress })
      }),

    createRecoveryCodes: ({ id, clientAddress }) =>
      change(id, async (tx) => {
        if (!hasFactor(await list(id, tx))) throw new AppError('people.factor_not_found')
        const codes = await recoveryCodes.create(tx, id)
        await audit.record(tx, { actor: `person:${id}`, action: 'recovery_code.created', subject: id })
        await securityMail(tx, id, { kind: 'recovery_codes_replaced' }, { clientAddress })
        return codes
      }),

    reset: (id, actor) =>
      change(id, async (tx) => {
        await removeFactors(tx, id)
        await endSessions(tx, id)
        await audit.record(tx, { actor, action: 'factor.reset', subject: id })
        await securityMail(tx, id, { kind: 'factors_removed' })
      }),
  }
}

function hasFactor({ appInUseSince }: Pick<FactorList, 'appInUseSince'>): boolean {
  return appInUseSince !== undefined
}

/** Removes every factor of a person beside the password. */
export async function removeFactors(tx: Tx, id: PersonId): Promise<void> {
  for (const table of ['authenticator_apps', 'recovery_codes'] as const) {
    await tx.deleteFrom(table).where('user_id', '=', id).execute()
  }
}
