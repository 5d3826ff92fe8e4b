import type { Selectable } from 'kysely'
import type { Audit } from '../../audit/index.ts'
import type { Database, Schema, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { PersonId } from '../../kernel/ids.ts'
import type { SecurityMail } from '../security-mail.ts'
import type { SessionEnds } from '../session-ends.ts'
import { changeFactors, type FactorChange } from './factor-changes.ts'
import type { AddedFactor, FactorRules } from './factor-rules.ts'
import type { ChallengePurpose, PasskeyChallenges } from './passkey-challenges.ts'
import {
  challengeOf,
  type AuthenticationResponseJSON,
  type PasskeyVerification,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from './passkey-verification.ts'

export const MAX_PASSKEYS = 20

/** A passkey as listed. */
export interface Passkey {
  id: string
  name: string
  /** True for a passkey that its maker can copy to other devices of the person. */
  isSynced: boolean
  createdAt: Date
  lastUsedAt: Date | undefined
}

export interface Passkeys {
  list(source: Database['db'], id: PersonId): Promise<Passkey[]>
  /** Returns options for a new passkey, for the browser that asks. */
  creationOptions(id: PersonId, browser: Uint8Array): Promise<PublicKeyCredentialCreationOptionsJSON>
  /** @throws {AppError} `people.passkey_refused`, `people.too_many_passkeys` */
  add(
    change: FactorChange,
    input: { name: string; response: RegistrationResponseJSON; browser: Uint8Array },
  ): Promise<AddedFactor & { passkey: Passkey }>
  /** @throws {AppError} `people.factor_not_found` for a passkey of another person, too */
  rename(id: PersonId, passkeyId: string, name: string): Promise<Passkey>
  /** Removes a passkey, and ends all other sessions. */
  remove(change: FactorChange, passkeyId: string): Promise<void>
  /** Returns options for a sign-in, or for a person who proves their identity again. */
  requestOptions(browser: Uint8Array, confirming?: PersonId): Promise<PublicKeyCredentialRequestOptionsJSON>
  /**
   * Verifies an answer, which works once, and returns the person of the passkey.
   *
   * @throws {AppError} `people.passkey_refused`
   */
  accept(response: AuthenticationResponseJSON, browser: Uint8Array, confirming?: PersonId): Promise<PersonId>
  /**
   * Locks a passkey of a person, which may have been removed since it was accepted.
   *
   * @throws {AppError} `people.passkey_refused`
   */
  hold(tx: Tx, id: PersonId, passkeyId: string): Promise<void>
}

export interface PasskeysDeps {
  database: Database
  clock: Clock
  audit: Audit
  securityMail: SecurityMail
  ends: Pick<SessionEnds, 'end'>
  challenges: PasskeyChallenges
  verification: PasskeyVerification
  rules: FactorRules
}

export function createPasskeys(deps: PasskeysDeps): Passkeys {
  const { database, clock, audit, securityMail, challenges, verification, rules, ends } = deps
  const { db } = database

  const purposeOf = (confirming: PersonId | undefined): ChallengePurpose =>
    confirming === undefined ? 'sign-in' : `confirm:${confirming}`

  function rowsOf(source: Database['db'], id: PersonId) {
    return source.selectFrom('passkeys').selectAll().where('user_id', '=', id).orderBy('created_at').orderBy('id')
  }

  return {
    async list(source, id) {
      return (await rowsOf(source, id).execute()).map(toPasskey)
    },

    async creationOptions(id, browser) {
      const rows = await rowsOf(db, id).execute()
      if (rows.length >= MAX_PASSKEYS) throw new AppError('people.too_many_passkeys')
      const { name, email } = await db
        .selectFrom('users')
        .select(['name', 'email'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      const challenge = challenges.create(`add:${id}`, browser)
      const exclude = rows.map((row) => row.id)
      return verification.creationOptions({ challenge, person: { id, name, email }, exclude })
    },

    async add({ id, clientAddress }, { name, response, browser }) {
      const isChallenge = (challenge: string) => challenges.verify(challenge, `add:${id}`, browser)
      const { credential, isSynced, isBackedUp } = await verification.verifyNew(response, isChallenge)
      return changeFactors(database, id, async (tx) => {
        await challenges.use(tx, challengeOf(response))
        if ((await rowsOf(tx, id).execute()).length >= MAX_PASSKEYS) throw new AppError('people.too_many_passkeys')
        const added = await rules.adding(tx, id)
        const row = await tx
          .insertInto('passkeys')
          .values({
            ...{ id: credential.id, user_id: id, name, public_key: Buffer.from(credential.publicKey) },
            ...{ counter: credential.counter, transports: credential.transports ?? [], created_at: clock.now() },
            ...{ is_synced: isSynced, is_backed_up: isBackedUp },
          })
          // The authenticator chooses the id: a passkey of another person must not be replaced.
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst()
        if (!row) throw new AppError('people.passkey_refused')
        const detail = { kind: 'passkey', name } as const
        await audit.record(tx, { actor: `person:${id}`, action: 'factor.added', subject: id, detail })
        await securityMail(tx, id, { kind: 'passkey_added', name }, { clientAddress })
        return { ...added, passkey: toPasskey(row) }
      })
    },

    async rename(id, passkeyId, name) {
      const row = await db
        .updateTable('passkeys')
        .set({ name })
        .where('id', '=', passkeyId)
        .where('user_id', '=', id)
        .returningAll()
        .executeTakeFirst()
      if (!row) throw new AppError('people.factor_not_found')
      return toPasskey(row)
    },

    remove: ({ id, sessionId, clientAddress }, passkeyId) =>
      changeFactors(database, id, async (tx) => {
        const row = await tx
          .deleteFrom('passkeys')
          .where('id', '=', passkeyId)
          .where('user_id', '=', id)
          .returning('name')
          .executeTakeFirst()
        if (!row) throw new AppError('people.factor_not_found')
        await rules.removed(tx, id)
        const actor = `person:${id}`
        await ends.end(tx, id, { reason: 'factor-removed', actor }, { except: sessionId })
        const detail = { kind: 'passkey', name: row.name } as const
        await audit.record(tx, { actor, action: 'factor.removed', subject: id, detail })
        await securityMail(tx, id, { kind: 'passkey_removed', name: row.name }, { clientAddress })
      }),

    async requestOptions(browser, confirming) {
      const challenge = challenges.create(purposeOf(confirming), browser)
      // A sign-in names no passkey, so that it doesn't reveal which ones exist.
      const allow = confirming === undefined ? [] : (await rowsOf(db, confirming).execute()).map(({ id }) => id)
      return verification.requestOptions(challenge, allow)
    },

    async accept(response, browser, confirming) {
      const row = await db
        .selectFrom('passkeys')
        .selectAll()
        .where('id', '=', response.id)
        .$if(confirming !== undefined, (query) => query.where('user_id', '=', confirming!))
        .executeTakeFirst()
      if (!row) throw new AppError('people.passkey_refused')
      const { userHandle } = response.response
      if (userHandle && Buffer.from(userHandle, 'base64url').toString() !== row.user_id) {
        throw new AppError('people.passkey_refused')
      }
      const isChallenge = (challenge: string) => challenges.verify(challenge, purposeOf(confirming), browser)
      const credential = { id: row.id, publicKey: new Uint8Array(row.public_key), counter: row.counter }
      const { counter, isBackedUp } = await verification.verify(response, isChallenge, credential)
      await database.transaction(async (tx) => {
        await challenges.use(tx, challengeOf(response))
        const { numUpdatedRows } = await tx
          .updateTable('passkeys')
          .set({ counter, is_backed_up: isBackedUp, last_used_at: clock.now() })
          .where('id', '=', row.id)
          // Another answer may have been accepted meanwhile.
          .where('counter', '=', row.counter)
          .executeTakeFirst()
        if (numUpdatedRows !== 1n) throw new AppError('people.passkey_refused')
      })
      return row.user_id as PersonId
    },

    async hold(tx, id, passkeyId) {
      const row = await tx
        .selectFrom('passkeys')
        .select('id')
        .where('id', '=', passkeyId)
        .where('user_id', '=', id)
        .forShare()
        .executeTakeFirst()
      if (!row) throw new AppError('people.passkey_refused')
    },
  }
}

function toPasskey(row: Selectable<Schema['passkeys']>): Passkey {
  return {
    id: row.id,
    name: row.name,
    isSynced: row.is_synced,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
  }
}
