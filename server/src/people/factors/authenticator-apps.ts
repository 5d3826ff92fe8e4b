import { Secret as TotpSecret, TOTP } from 'otpauth'
import type { Database, Tx } from '../../database/index.ts'
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

/** A new authenticator app, shown once. It counts from its first code on. */
export interface AuthenticatorSetup {
  /** Secret in Base32, to enter by hand. */
  secret: Secret
  /** `otpauth:` address with the secret, for a QR code. */
  uri: Secret
}

/** Secrets of authenticator apps (TOTP): one per person in use, and one that is being set up. */
export interface AuthenticatorApps {
  /** Starts a setup. An earlier unfinished one becomes invalid; an app in use stays valid. */
  setUp(tx: Tx, id: PersonId): Promise<AuthenticatorSetup>
  /**
   * Completes the setup with its first code, and replaces the app in use.
   *
   * @throws {AppError} `people.wrong_code`, `people.factor_not_found` without a setup
   */
  use(tx: Tx, id: PersonId, code: string): Promise<void>
  /** Accepts a code of the app in use, once. Returns false for a wrong, old or used code, and without an app. */
  accept(id: PersonId, code: string): Promise<boolean>
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

  /** Returns the app and the time step of the code; undefined when the code isn't valid now. */
  async function stepOf(source: Database['db'], person: PersonId, code: string, isInUse: boolean) {
    const row = await source
      .selectFrom('authenticator_apps')
      .select(['id', 'sealed', 'key_id'])
      .where('user_id', '=', person)
      .where('in_use_since', isInUse ? 'is not' : 'is', null)
      .executeTakeFirst()
    if (!row) return undefined
    const secret = keyRing.open({ sealed: row.sealed, keyId: row.key_id }, contextOf(row.id))
    const totp = new TOTP({ ...FORM, secret: TotpSecret.fromBase32(secret.reveal()) })
    const timestamp = clock.now().getTime()
    const delta = totp.validate({ token: code, timestamp, window: WINDOW })
    return { id: row.id, step: delta === null ? undefined : totp.counter({ timestamp }) + delta }
  }

  return {
    async setUp(tx, id) {
      const secret = new TotpSecret({ size: SECRET_BYTES })
      const values = { id: newId<AuthenticatorAppId>(), user_id: id, created_at: clock.now() }
      const { sealed, keyId } = keyRing.seal(new Secret(secret.base32), contextOf(values.id))
      await tx.deleteFrom('authenticator_apps').where('user_id', '=', id).where('in_use_since', 'is', null).execute()
      await tx
        .insertInto('authenticator_apps')
        .values({ ...values, sealed, key_id: keyId })
        .execute()
      const { email } = await tx.selectFrom('users').select('email').where('id', '=', id).executeTakeFirstOrThrow()
      const totp = new TOTP({ ...FORM, label: email, secret })
      return { secret: new Secret(secret.base32), uri: new Secret(totp.toString()) }
    },

    async use(tx, id, code) {
      const found = await stepOf(tx, id, code, false)
      if (!found) throw new AppError('people.factor_not_found')
      if (found.step === undefined) throw new AppError('people.wrong_code', { field: 'code' })
      await tx
        .deleteFrom('authenticator_apps')
        .where('user_id', '=', id)
        .where('in_use_since', 'is not', null)
        .execute()
      await tx
        .updateTable('authenticator_apps')
        .set({ in_use_since: clock.now(), last_step: found.step })
        .where('id', '=', found.id)
        .execute()
    },

    async accept(id, code) {
      const found = await stepOf(database.db, id, code, true)
      if (found?.step === undefined) return false
      // One of concurrent requests with the same code finds an earlier step.
      const { numUpdatedRows } = await database.db
        .updateTable('authenticator_apps')
        .set({ last_step: found.step })
        .where('id', '=', found.id)
        .where((e) => e.or([e('last_step', 'is', null), e('last_step', '<', found.step!)]))
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },
  }
}
