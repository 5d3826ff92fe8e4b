import { channel } from 'node:diagnostics_channel'
import { DatabaseError } from 'pg'
import { AppError } from '../kernel/errors.ts'

/** Published when a statement fails because the disk of PostgreSQL is full. Any statement can detect it first. */
export const DISK_FULL = channel('postkey.database.disk-full')

/**
 * Translates errors of PostgreSQL. Connection failures become an `AppError`. Errors of a statement (a constraint, a
 * syntax error) are returned unchanged, for the room that can interpret them.
 *
 * An error that wasn't sent by the server and isn't caused by invalid arguments came from the connection: the driver
 * gives those no code.
 *
 * @see https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function translateError(thrown: unknown): unknown {
  if (thrown instanceof AppError || thrown instanceof TypeError || thrown instanceof RangeError) return thrown
  if (!(thrown instanceof Error)) return thrown
  if (!(thrown instanceof DatabaseError)) return new AppError('database.unavailable', { cause: thrown })

  const state = thrown.code ?? ''
  if (isConnectionState(state)) return new AppError('database.unavailable', { cause: thrown })
  if (state === OUT_OF_SPACE) {
    DISK_FULL.publish(thrown)
    return new AppError('database.disk_full', { cause: thrown })
  }
  if (state === LOCK_TIMEOUT) return new AppError('database.lock_busy', { cause: thrown })
  if (state === CANCELED) return new AppError('database.too_slow', { cause: thrown })
  if (state === DEADLOCK) return new AppError('database.deadlock', { cause: thrown })
  if (state === ON_LEGAL_HOLD) return new AppError('conversations.on_legal_hold', { cause: thrown })
  if (REFUSED.has(state)) return new AppError('database.refused', { cause: thrown })
  return thrown
}

/** Returns true when `thrown` is a unique violation. `constraint` limits it to the index of that name. */
export function isUniqueViolation(thrown: unknown, constraint?: string): boolean {
  return (
    thrown instanceof DatabaseError &&
    thrown.code === '23505' &&
    (constraint === undefined || thrown.constraint === constraint)
  )
}

/** Runs `work` and translates its errors with `translateError`. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw translateError(error)
  }
}

const OUT_OF_SPACE = '53100'
const DEADLOCK = '40P01'
const LOCK_TIMEOUT = '55P03'
/** Raised by triggers of Postkey. */
const ON_LEGAL_HOLD = 'PK001'
/** Caused by `statement_timeout`, or by an admin with `pg_cancel_backend`. */
const CANCELED = '57014'
/** Wrong password, unknown user, no such database, no right to connect. */
const REFUSED = new Set(['28P01', '28000', '3D000', '42501'])

/**
 * Returns true for class 08, shutdown and start (57P01 to 57P05), and exhausted resources other than the disk (class
 * 53).
 */
function isConnectionState(state: string): boolean {
  return state.startsWith('08') || state.startsWith('57P') || (state.startsWith('53') && state !== OUT_OF_SPACE)
}
