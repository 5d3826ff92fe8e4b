import type { Audit } from '../../audit/index.ts'
import type { Database } from '../../database/index.ts'
import { clientSite } from '../../kernel/client-network.ts'
import { AppError } from '../../kernel/errors.ts'
import type { PersonId } from '../../kernel/ids.ts'
import type { Log } from '../../kernel/log.ts'
import type { KnownDevices } from '../known-devices.ts'
import type { Person } from '../person.ts'
import type { SecurityMail } from '../security-mail.ts'
import type { SECOND_FACTORS, SignInClient } from '../session.ts'
import type { SignInLimits } from '../sign-in-limits.ts'
import type { FactorUse, SignInRecords } from '../sign-in-records.ts'
import type { AuthenticatorApps } from './authenticator-apps.ts'
import { isRecoveryCode, type RecoveryCodes } from './recovery-codes.ts'

/**
 * Accepts a code of the authenticator app or a recovery code of a person, once, and returns which of them it is. Wrong
 * codes are counted.
 *
 * @throws {AppError} `people.wrong_code`, `people.too_many_tries`
 */
export type SecondStepCheck = (
  person: Pick<Person, 'id' | 'email'>,
  code: string,
  client: SignInClient,
  use: Extract<FactorUse, 'second-step' | 'confirmation'>,
) => Promise<(typeof SECOND_FACTORS)[number]>

export interface SecondStepCheckDeps {
  database: Database
  audit: Audit
  apps: AuthenticatorApps
  recoveryCodes: RecoveryCodes
  limits: SignInLimits
  knownDevices: Pick<KnownDevices, 'find'>
  records: SignInRecords
  securityMail: SecurityMail
  log: Log
}

export function createSecondStepCheck(deps: SecondStepCheckDeps): SecondStepCheck {
  const { database, audit, apps, recoveryCodes, limits, knownDevices, records, securityMail, log } = deps

  /** Uses a code up together with its audit entry. */
  function useRecoveryCode(id: PersonId, code: string, clientAddress: string): Promise<boolean> {
    return database.transaction(async (tx) => {
      if (!(await recoveryCodes.accept(tx, id, code))) return false
      const left = await recoveryCodes.countLeft(tx, id)
      const entry = { actor: `person:${id}`, action: 'recovery_code.used', subject: id, detail: { left } } as const
      await audit.record(tx, entry)
      await securityMail(tx, id, { kind: 'recovery_code_used', left }, { clientAddress })
      return true
    })
  }

  return async ({ id, email }, code, client, use) => {
    const { clientAddress, cookieHeader } = client
    const step = isRecoveryCode(code) ? 'recovery-code' : 'totp'
    const deviceId = await knownDevices.find(cookieHeader, email)
    const attempt = await limits.begin({
      email,
      clientAddress: clientSite(clientAddress),
      deviceId,
      secondFactor: step,
    })
    let isRight
    try {
      isRight = step === 'totp' ? await apps.accept(id, code) : await useRecoveryCode(id, code, clientAddress)
    } catch (error) {
      await attempt.cancel()
      throw error
    }
    if (!isRight) {
      await records.failed({ ...client, email, personId: id, use, reached: attempt.reached })
      throw new AppError('people.wrong_code', { field: 'code' })
    }
    await attempt.succeed().catch((err: unknown) => log.warn({ err }, 'Counted codes could not be forgotten'))
    return step
  }
}
