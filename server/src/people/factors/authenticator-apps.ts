import type { Selectable } from 'kysely'
import { Secret as TotpSecret, TOTP } from 'otpauth'
import type { Database, Schema, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { newId, type AuthenticatorAppId, type PersonId } from '../../kernel/ids.ts'
import type { KeyRing } from '../../kernel/key-ring.ts'
import { Secret } from '../../kernel/secret.ts'

/** Length of a code, in digits. */
export const TOTP_DIGITS = 6
/** SHA-1 and 30 seconds: authenticator apps ignore other values (Key Uri Format of Google Authenticator). */
const FORM = { issuer: 'Postkey', algorithm: 'SHA1', digits: TOTP_DIGITS, period: 30 } as const
/** Bytes of a secret: the length of a SHA-1 hash (RFC 4226 §4, R6). */
const SECRET_BYTES = 20
/** Accepted steps before and after the current one, for clocks that differ (RFC 6238 §5.2). */
const WINDOW = 1

/** Time until the first code of a new app. */
export const SETUP_LIFETIME_MS = 10 * 60 * 1000

/** A new authenticator app, shown once. It counts from its first code on. */
export interface AuthenticatorSetup {
  /** Secret in Base32, to enter by hand. */
  secret: Secret
  /** `otpauth:` address with the secret, for a QR code. */
  uri: Secret
}

/** Secrets of authenticator apps (TOTP): one per person in use, and one that is being set up. */
export interface AuthenticatorApps {
  /**
   * Starts a setup, for ten minutes and at most until the end of the session. An earlier unfinished one becomes invalid;
   * an app in use stays valid.
   */
  setUp(tx: Tx, id: PersonId, sessionId: string): Promise<AuthenticatorSetup>
  /**
   * Returns the app that is being set up, with the time step of its first code; undefined for a wrong code.
   *
   * @throws {AppError} `people.factor_not_found` without a setup
   */
  checkFirst(of: { id: PersonId; sessionId: string }, code: string): Promise<FirstCode | undefined>
  /**
   * Completes the setup, and replaces the app in use. The code is then used.
   *
   * @throws {AppError} `people.factor_not_found` if the setup has ended meanwhile
   */
  use(tx: Tx, id: PersonId, first: FirstCode): Promise<void>
  /** Accepts a code of the app in use, once. Returns false for a wrong, old or used code, and without an app. */
  accept(id: PersonId, code: string): Promise<boolean>
}

/** A valid first code of an app that is being set up. */
export interface FirstCode {
  appId: AuthenticatorAppId
  step: number
}

export function createAuthenticatorApps({
  database,
  clock,
  keyRing,
}: {
  database: Pick<Database, 'db'>
  clock: Clock
  keyRing: KeyRing
}): AuthenticatorApps {
  const contextOf = (id: AuthenticatorAppId) => `authenticator_apps.sealed:${id}`

  function appOf(person: PersonId) {
    return database.db.selectFrom('authenticator_apps').select(['id', 'sealed', 'key_id']).where('user_id', '=', person)
  }

  /** Returns the time step of a code; undefined when the code isn't valid now. */
  function stepOf(row: Pick<Selectable<Schema['authenticator_apps']>, 'id' | 'sealed' | 'key_id'>, code: string) {
    const secret = keyRing.open({ sealed: row.sealed, keyId: row.key_id }, contextOf(row.id))
    const totp = new TOTP({ ...FORM, secret: TotpSecret.fromBase32(secret.reveal()) })
    const timestamp = clock.now().getTime()
    const delta = totp.validate({ token: code, timestamp, window: WINDOW })
    return delta === null ? undefined : totp.counter({ timestamp }) + delta
  }

  return {
    async setUp(tx, id, sessionId) {
      const secret = new TotpSecret({ size: SECRET_BYTES })
      const values = { id: newId<AuthenticatorAppId>(), user_id: id, created_at: clock.now() }
      const { sealed, keyId } = keyRing.seal(new Secret(secret.base32), contextOf(values.id))
      await tx.deleteFrom('authenticator_apps').where('user_id', '=', id).where('in_use_since', 'is', null).execute()
      await tx
        .insertInto('authenticator_apps')
        .values({ ...values, sealed, key_id: keyId, session_id: sessionId })
        .execute()
      const { email } = await tx.selectFrom('users').select('email').where('id', '=', id).executeTakeFirstOrThrow()
      const totp = new TOTP({ ...FORM, label: email, secret })
      return { secret: new Secret(secret.base32), uri: new Secret(totp.toString()) }
    },

    async checkFirst({ id, sessionId }, code) {
      const row = await appOf(id)
        .where('in_use_since', 'is', null)
        .where('session_id', '=', sessionId)
        .where('created_at', '>', new Date(clock.now().getTime() - SETUP_LIFETIME_MS))
        .executeTakeFirst()
      if (!row) throw new AppError('people.factor_not_found')
      const step = stepOf(row, code)
      return step === undefined ? undefined : { appId: row.id, step }
    },

    async use(tx, id, { appId, step }) {
      await tx
        .deleteFrom('authenticator_apps')
        .where('user_id', '=', id)
        .where('in_use_since', 'is not', null)
        .execute()
      const { numUpdatedRows } = await tx
        .updateTable('authenticator_apps')
        .set({ in_use_since: clock.now(), last_step: step, session_id: null })
        .where('id', '=', appId)
        .where('in_use_since', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows !== 1n) throw new AppError('people.factor_not_found')
    },

    async accept(id, code) {
      const row = await appOf(id).where('in_use_since', 'is not', null).executeTakeFirst()
      const step = row && stepOf(row, code)
      if (!row || step === undefined) return false
      // One of concurrent requests with the same code finds an earlier step.
      const { numUpdatedRows } = await database.db
        .updateTable('authenticator_apps')
        .set({ last_step: step })
        .where('id', '=', row.id)
        .where((e) => e.or([e('last_step', 'is', null), e('last_step', '<', step)]))
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
  }
}
