import type { Database } from '../database/index.ts'
import { clientSite } from '../kernel/client-network.ts'
import { AppError } from '../kernel/errors.ts'
import type { PersonId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { Secret } from '../kernel/secret.ts'
import type { KnownDevices } from './known-devices.ts'
import type { PasswordQueue } from './password-queue.ts'
import { passwordOf } from './people.ts'
import { notingRefusals, type NoteRefusedAccess } from './refused-access.ts'
import type { SignInClient } from './session.ts'
import type { SignInLibrary } from './sign-in-library.ts'
import type { SignInLimits } from './sign-in-limits.ts'
import type { FactorUse, SignInRecords } from './sign-in-records.ts'

export interface PasswordAttempt extends SignInClient {
  email: string
  password: Secret
}

/** A right password: its person, and the stored hash. */
export interface CheckedPassword {
  id: PersonId
  hash: string
  /** The known device of the attempt, if it is one. */
  deviceId: string | undefined
}

export interface PasswordCheck {
  /**
   * Checks a password in the queue, with the limits of wrong ones, and runs `then` in the same turn. An error of `then`
   * cancels the counted attempt.
   *
   * @throws {AppError} `people.wrong_password`, `people.too_many_tries` or `people.sign_ins_busy`
   */
  run<T>(attempt: PasswordAttempt, use: FactorUse, then: (checked: CheckedPassword) => Promise<T>): Promise<T>
}

export interface PasswordCheckDeps {
  database: Pick<Database, 'db'>
  library: Pick<SignInLibrary, 'hashPassword' | 'verifyPassword'>
  passwordQueue: Pick<PasswordQueue, 'run'>
  limits: SignInLimits
  knownDevices: Pick<KnownDevices, 'find'>
  records: SignInRecords
  noteRefusedAccess: NoteRefusedAccess
  log: Log
}

export function createPasswordCheck(deps: PasswordCheckDeps): PasswordCheck {
  const { database, library, passwordQueue, limits, knownDevices, records, noteRefusedAccess, log } = deps

  /** A sign-in doesn't fail because a counted attempt could not be canceled: it expires. */
  async function logFailure(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (err) {
      log.warn({ err }, 'Counted sign-in attempts could not be removed')
    }
  }

  return {
    async run({ email, password, ...client }, use, then) {
      const clientAddress = clientSite(client.clientAddress)
      const deviceId = await knownDevices.find(client.cookieHeader, email)

      async function check() {
        const attempt = await limits.begin({ email, clientAddress, deviceId })
        try {
          const stored = await passwordOf(database.db, email)
          const hash = stored?.hash ?? undefined
          // Takes the same time for an unknown address, so that the time doesn't reveal members.
          if (hash === undefined) await library.hashPassword(password)
          const isRight = hash !== undefined && (await library.verifyPassword(hash, password))
          if (!stored || !isRight) {
            await records.failed({ ...client, email, personId: stored?.id, use, reached: attempt.reached })
            throw new AppError('people.wrong_password')
          }
          const result = await then({ id: stored.id, hash, deviceId })
          await logFailure(attempt.succeed)
          return result
        } catch (error) {
          const code = error instanceof AppError ? error.code : undefined
          // The password was right.
          if (code === 'people.second_factor_needed') await logFailure(attempt.succeed)
          else if (code !== 'people.wrong_password') await logFailure(attempt.cancel)
          throw error
        }
      }

      return passwordQueue
        .run(
          check,
          deviceId === undefined
            ? { name: 'new-devices', client: clientAddress }
            : { name: 'known-devices', client: email.toLowerCase() },
        )
        .catch(notingRefusals(noteRefusedAccess, client, 'password'))
    },
  }
}
