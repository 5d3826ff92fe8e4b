import { Kysely, sql, type LogEvent, type Transaction } from 'kysely'
import type { Pool } from 'pg'
import { createLog, type Log } from '../kernel/log.ts'
import { isTracing, traceStatement } from '../kernel/spans.ts'
import { createDialect, createPool, endPool } from './clients.ts'
import { DEFAULT_LIMITS, withAnswerLimit, type DatabaseLimits } from './limits.ts'
import { isJoined, joinCreation, withJoined } from './joined-statements.ts'
import { createListener, type Listener } from './listener.ts'
import { openLockSession } from './lock-session.ts'
import { createLocks, type LockOptions } from './locks.ts'
import { translated } from './pg-errors.ts'
import type { Schema } from './schema.ts'

export type Tx = Transaction<Schema>

/** The PostgreSQL database of this process. Throws an `AppError` when the database is the cause. */
export interface Database {
  readonly db: Kysely<Schema>
  /** Connection pool for libraries that use the driver directly. Their errors are not translated. */
  readonly pool: Pool

  /**
   * Commits everything in `work` or nothing. Use only `tx` inside: another connection can't see its changes and may
   * wait for it.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>

  /**
   * Like `transaction`, for a single statement that is atomic by itself. Combine changes that belong together in one
   * WITH: this takes one round trip instead of three or more.
   */
  oneStatement<T>(statement: (db: Kysely<Schema>) => Promise<T>): Promise<T>

  /**
   * Like `transaction`, for the one that creates the object of a request: the `Idempotency-Key` of the request is
   * committed with it. Every action that `http` repeats by such a key uses it once.
   */
  creation<T>(work: (tx: Tx) => Promise<T>): Promise<T>

  /** Like `creation`, for a single statement that is atomic by itself. */
  createInOne<T>(statement: (db: Kysely<Schema>) => Promise<T>): Promise<T>

  /** Runs `work` so that its first creation begins with `statement`, and both are committed or neither. */
  joinCreation<T>(statement: (tx: Tx) => Promise<void>, work: () => Promise<T>): Promise<T>

  /**
   * Runs `work` while holding `key` exclusively across all processes. Callers of one process are served in arrival
   * order, and processes in the order in which they queue.
   *
   * This is a lock without a transaction: changes of `work` commit by themselves and survive its error. Locks may be
   * nested if all callers nest them in the same order. Requesting a lock that the caller already holds throws a
   * `TypeError`. A wait longer than `waitMs` (a minute) fails with `database.lock_busy`.
   *
   * When the connection of the lock is lost, `lost` is aborted and the call fails with `database.lock_lost`. Callers
   * that must refuse late writes also need a fencing token, because a stalled process doesn't see the abort.
   */
  withLock<T>(key: string, work: (lost: AbortSignal) => Promise<T>, options?: LockOptions): Promise<T>

  /** Like `withLock`, but returns at once when the lock is held elsewhere. */
  tryLock<T>(
    key: string,
    work: (lost: AbortSignal) => Promise<T>,
  ): Promise<{ locked: false } | { locked: true; result: T }>

  /**
   * Subscribes to notifications on `channel`, delivered after the notifying transaction commits. They are hints without
   * a queue: notifications sent while the connection is down are lost. After each reconnect, `listener` is called with
   * `undefined`, and the caller must check for missed changes. Resolves once it listens, with a function that
   * unsubscribes.
   */
  listen(channel: string, listener: Listener): Promise<() => Promise<void>>

  /**
   * Notifies every listening process when `tx` commits. The payload must be shorter than 8000 bytes (PostgreSQL,
   * NOTIFY).
   */
  notify(tx: Kysely<Schema>, channel: string, payload: string): Promise<void>

  /** @throws AppError `database.unavailable` when PostgreSQL is silent and there are listeners */
  close(): Promise<void>
}

export interface TransactionOptions {
  /** Limit of each statement in milliseconds, for long work such as migrations or the removal of a whole mailbox. */
  limitMs?: number
}

export interface DatabaseOptions {
  log?: Log
  /** Maximum connections of the pool. Locks and LISTEN use two more, plus one for each lock that is waited for. */
  maxConnections?: number
  /** Set by tests; default {@link DEFAULT_LIMITS}. */
  limits?: DatabaseLimits
}

function traceQuery({ level, query, queryDurationMillis }: LogEvent): void {
  traceStatement(query.sql, queryDurationMillis, level === 'error')
}

/** A query without an answer must not delay the end of the process. */
const CLOSE_GRACE_MS = 400

/** Connects to the database at `url` (as in `DATABASE_URL`). Fails when it doesn't answer or refuses the connection. */
export async function createDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const { log = createLog(), maxConnections = 10, limits = DEFAULT_LIMITS } = options
  const pool = createPool(url, maxConnections, limits, (error) =>
    log.warn({ err: error }, 'A connection to the database broke'),
  )
  const db = new Kysely<Schema>({ dialect: createDialect(pool), ...(isTracing() && { log: traceQuery }) })
  const locks = createLocks(() => openLockSession(url, limits))
  const listener = createListener(url, log, limits)

  try {
    await translated(() => pool.query('SELECT 1'))
  } catch (error) {
    await pool.end()
    throw error
  }

  /** Raises the server's limit for the duration of the transaction, and the client's limit to slightly more. */
  function longTransaction<T>(work: (tx: Tx) => Promise<T>, limitMs: number): Promise<T> {
    return withAnswerLimit(limitMs + limits.answerMs - limits.statementMs, () =>
      db.transaction().execute(async (tx) => {
        await sql`SELECT set_config('statement_timeout', ${String(limitMs)}, true),
          set_config('lock_timeout', ${String(limitMs)}, true)`.execute(tx)
        return work(tx)
      }),
    )
  }

  /** Kysely ends the pool only if it has used it. */
  async function end(): Promise<void> {
    await db.destroy()
    if (!pool.ending) await pool.end()
  }

  let closing: Promise<void> | undefined
  return {
    db,
    pool,
    transaction: (work, { limitMs } = {}) =>
      limitMs === undefined ? db.transaction().execute(work) : longTransaction(work, limitMs),
    oneStatement: (statement) => statement(db),
    creation: (work) => withJoined((joined) => db.transaction().execute(joined), work),
    createInOne: (statement) =>
      isJoined() ? withJoined((joined) => db.transaction().execute(joined), statement) : statement(db),
    joinCreation,
    withLock: (key, work, options) => locks.withLock(key, work, options),
    tryLock: (key, work) => locks.tryLock(key, work),
    listen: (channel, onNotification) => listener.listen(channel, onNotification),
    async notify(tx, channel, payload) {
      await sql`SELECT pg_notify(${channel}, ${payload})`.execute(tx)
    },
    close: () => (closing ??= allEnded([listener.close(), locks.close(), endPool(pool, end, CLOSE_GRACE_MS)])),
  }
}

/** Waits for all of them, then throws the first error. */
async function allEnded(parts: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(parts)
  await Promise.all(parts)
}
