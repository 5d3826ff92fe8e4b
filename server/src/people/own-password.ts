import type { Audit } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import { mailOrigin, originOf } from './devices.ts'
import type { PasswordCheck } from './password-check.ts'
import { refuseLength, refuseWeakPassword } from './password-rules.ts'
import type { Person } from './person.ts'
import type { SecurityMail } from './security-mail.ts'
import type { SessionEnds } from './session-ends.ts'
import type { Session, SignInClient } from './session.ts'
import type { SignInLibrary } from './sign-in-library.ts'
import type { NewSession, StoredSessions } from './stored-sessions.ts'

export interface PasswordChange extends SignInClient {
  person: Pick<Person, 'id' | 'email' | 'name'>
  /** Session of the request, which continues with another token. */
  session: Pick<Session, 'id'>
  currentPassword: Secret
  password: Secret
}

export interface OwnPasswordDeps {
  database: Database
  clock: Clock
  audit: Audit
  library: Pick<SignInLibrary, 'hashPassword'>
  passwordCheck: PasswordCheck
  ends: Pick<SessionEnds, 'end'>
  stored: Pick<StoredSessions, 'renew'>
  securityMail: SecurityMail
}

/**
 * Changes a person's own password and ends their other sessions. Wrong current passwords count as wrong sign-ins, so
 * that a session left open can't be used to guess.
 */
export function createPasswordChange(deps: OwnPasswordDeps): (change: PasswordChange) => Promise<NewSession> {
  const { database, clock, audit, library, passwordCheck, ends, stored, securityMail } = deps

  return async ({ person, session, currentPassword, password, ...client }) => {
    const { id, email, name } = person
    refuseLength(password)
    const attempt = { ...client, email, password: currentPassword }
    const { current, next } = await passwordCheck
      .run(attempt, 'password-change', async ({ hash }) => {
        await refuseWeakPassword(password, { email, name })
        return { current: hash, next: await library.hashPassword(password) }
      })
      .catch(asCurrentPassword('currentPassword'))

    return database.transaction(async (tx) => {
      // A link or another browser may have changed it meanwhile.
      const { numUpdatedRows } = await tx
        .updateTable('sign_in_methods')
        .set({ password: next, updated_at: clock.now() })
        .where('user_id', '=', id)
        .where('provider_id', '=', 'credential')
        .where('password', '=', current)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw wrongCurrentPassword('currentPassword')
      const actor = `person:${id}`
      await audit.record(tx, {
        ...{ actor, action: 'person.password_changed', subject: id },
        detail: originOf(client),
      })
      await ends.end(tx, id, { reason: 'password-changed', actor }, { except: session.id })
      await securityMail(tx, id, { kind: 'password_changed' }, mailOrigin(client))
      const renewed = await stored.renew(tx, session.id)
      if (!renewed) throw new AppError('http.not_signed_in')
      return renewed
    })
  }
}

/** Translates a wrong password of a signed-in person: a 401 would mean that the session has ended. */
export function asCurrentPassword(field: 'password' | 'currentPassword') {
  return (error: unknown): never => {
    throw error instanceof AppError && error.code === 'people.wrong_password' ? wrongCurrentPassword(field) : error
  }
}

function wrongCurrentPassword(field: string): AppError {
  return new AppError('people.current_password_wrong', { field })
}
