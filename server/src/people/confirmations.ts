/** Another proof of identity by a signed-in person, for actions that need a fresh session. */
import type { Database } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { PersonId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Factors, SecondStep } from './factors/factors.ts'
import type { AuthenticationResponseJSON } from './factors/passkey-verification.ts'
import type { Passkeys } from './factors/passkeys.ts'
import type { SecondStepCheck } from './factors/second-step-check.ts'
import { asCurrentPassword } from './own-password.ts'
import type { PasswordCheck } from './password-check.ts'
import { passwordOf, type People } from './people.ts'
import type { PolicyGate } from './policy/policy-gate.ts'
import { notingRefusals, type NoteRefusedAccess } from './refused-access.ts'
import type { Session, SignInClient, SignInProof } from './session.ts'
import type { SignedIn, Sessions } from './sessions.ts'

/** Codes that a person with a second factor enters beside the password. */
export const CONFIRMATION_CODES = ['totp', 'recovery-code'] as const satisfies readonly SecondStep[]
type ConfirmationCode = (typeof CONFIRMATION_CODES)[number]

/** Ways in which a person can prove their identity again. */
export interface ConfirmationOptions {
  methods: Session['method'][]
  /** Codes of which the method `password` needs one; empty for a person without a second factor. */
  codes: ConfirmationCode[]
}

export interface Confirmations {
  options(id: PersonId): Promise<ConfirmationOptions>
  /**
   * Makes a session fresh by the password of its person, and by a code if they have a second factor.
   *
   * @throws {AppError} `people.current_password_wrong`, `people.code_missing`, `people.wrong_code`;
   *   `people.provider_required` if the policy accepts only providers
   */
  byPassword(
    signedIn: SignedIn,
    proof: { password: Secret; code?: string | undefined },
    client: SignInClient,
  ): Promise<void>
  /**
   * Makes a session fresh by a passkey of its person, which counts as both factors.
   *
   * @throws {AppError} `people.passkey_refused`
   */
  byPasskey(signedIn: SignedIn, response: AuthenticationResponseJSON, client: SignInClient): Promise<void>
}

export interface ConfirmationsDeps {
  database: Pick<Database, 'db'>
  people: Pick<People, 'get'>
  sessions: Pick<Sessions, 'confirm'>
  passwordCheck: PasswordCheck
  checkSecondStep: SecondStepCheck
  factors: Pick<Factors, 'secondSteps'>
  passkeys: Pick<Passkeys, 'accept'>
  gate: Pick<PolicyGate, 'refuse' | 'accepts'>
  noteRefusedAccess: NoteRefusedAccess
}

export function createConfirmations(deps: ConfirmationsDeps): Confirmations {
  const { database, people, sessions, passwordCheck, checkSecondStep, factors, passkeys, gate } = deps
  const { noteRefusedAccess } = deps

  const codesOf = (steps: readonly SecondStep[]) => CONFIRMATION_CODES.filter((code) => steps.includes(code))

  return {
    async options(id) {
      const password = await passwordOf(database.db, (await people.get(id)).email)
      const steps = await factors.secondSteps(id)
      const codes = codesOf(steps)
      // Without a code that can complete it, a password proves nothing.
      const isAccepted = await gate.accepts(id, 'password')
      const isPasswordEnough = steps.length === 0 || codes.length > 0
      return {
        methods: [
          ...(steps.includes('passkey') ? (['passkey'] as const) : []),
          ...(password?.hash != null && isPasswordEnough && isAccepted ? (['password'] as const) : []),
        ],
        codes,
      }
    },

    async byPassword({ person: { id, email }, session }, { password, code }, client) {
      // A password that can't open a session must not confirm one of a provider.
      await gate.refuse(id, 'password')
      const hasSecondFactor = (await factors.secondSteps(id)).length > 0
      if (hasSecondFactor && code === undefined) throw new AppError('people.code_missing', { field: 'code' })
      await passwordCheck
        .run({ ...client, email, password }, 'confirmation', () => Promise.resolve())
        .catch(asCurrentPassword('password'))
      // After the password, so that a mistyped one doesn't use the code up.
      let secondFactor: SignInProof['secondFactor']
      if (hasSecondFactor) {
        secondFactor = await checkSecondStep({ id, email }, code!, client, 'confirmation').catch(
          notingRefusals(noteRefusedAccess, client, 'second-factor'),
        )
      }
      await sessions.confirm(session, { method: 'password', ...(secondFactor && { secondFactor }) }, client)
    },

    async byPasskey({ person: { id }, session }, response, client) {
      if (!client.browser) throw new AppError('people.passkey_refused')
      await passkeys.accept(response, client.browser, id).catch(notingRefusals(noteRefusedAccess, client, 'passkey'))
      await sessions.confirm(session, { method: 'passkey' }, client)
    },
  }
}
