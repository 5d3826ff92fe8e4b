import { Kysely, sql, type Transaction } from 'kysely'
import type { Pool } from 'pg'
import { createLog, type Log } from '../kernel/log.ts'
import { createDialect, createPool, endPool } from './clients.ts'
import { DEFAULT_LIMITS, withAnswerLimit, type DatabaseLimits } from './limits.ts'
import { createListener, type Listener } from './listener.ts'
import { openLockSession } from './lock-session.ts'
import { createLocks, type LockOptions } from './locks.ts'
import { translated } from './pg-errors.ts'
import type { Schema } from './schema.ts'

export type Tx = Transaction<Schema>

/** The one PostgreSQL behind this process. What it throws is an `AppError` when the database is the cause. */
export interface Database {
  readonly db: Kysely<Schema>
  /** For libraries that speak to the driver themselves. Their errors pass no edge of ours. */
  readonly pool: Pool

  /** Everything in `work` or nothing of it. Inside, use `tx` only: another connection sees nothing of it and may wait. */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>

  /**
   * As `transaction`, of one statement that is all of it by itself: what belongs together is written by the parts of a
   * WITH, and PostgreSQL is asked once and not three times or more.
   */
  oneStatement<T>(statement: (db: Kysely<Schema>) => Promise<T>): Promise<T>

  /**
   * Runs `work` while nobody else, here or in another process, holds `key`. Callers of one process are served in the
   * order in which they came, and processes in the order in which they queue.
   *
   * A lock and not a transaction: what `work` saves commits by itself and survives its error. Locks may be nested when
   * everybody nests them in the same order; the holder itself gets a `TypeError` when it asks again. When the wait is
   * longer than `waitMs` (a minute) it ends with `database.lock_busy`. When the connection of the lock is lost, `lost`
   * is aborted and the call fails with `database.lock_lost`: whoever must refuse a late writer needs a fencing number
   * besides, as a process that stands still hears nothing.
   */
  withLock<T>(key: string, work: (lost: AbortSignal) => Promise<T>, options?: LockOptions): Promise<T>

  /** As `withLock`, but says at once when somebody else holds it. */
  tryLock<T>(
    key: string,
    work: (lost: AbortSignal) => Promise<T>,
  ): Promise<{ locked: false } | { locked: true; result: T }>

  /**
   * Hears what is notified on `channel` after the transaction that notified it is committed. A hint and no queue: what
   * is said while the connection is away is lost, so `listener` is called with `undefined` whenever it is back: look
   * for yourself what was missed. Resolves once it listens, with the way to stop.
   */
  listen(channel: string, listener: Listener): Promise<() => Promise<void>>

  /** Tells every process that listens, when `tx` commits. Below 8000 bytes (PostgreSQL, NOTIFY). */
  notify(tx: Kysely<Schema>, channel: string, payload: string): Promise<void>

  close(): Promise<void>
}

export interface TransactionOptions {
  /** Of each statement, for work that is known to be long: migrations, the removal of a whole mailbox. */
  limitMs?: number
}

export interface DatabaseOptions {
  log?: Log
  /** Of the pool. Locks and listening take two more, and one for each lock that is waited for. */
  maxConnections?: number
  /** For tests; {@link DEFAULT_LIMITS} otherwise. */
  limits?: DatabaseLimits
}

/** A query without an answer must not hold up the end of the process. */
const CLOSE_GRACE_MS = 400

/** Connects; fails when the database at `url` (as in `DATABASE_URL`) does not answer or refuses us. */
export async function createDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const { log = createLog(), maxConnections = 10, limits = DEFAULT_LIMITS } = options
  const pool = createPool(url, maxConnections, limits, (error) =>
    log.warn({ err: error }, 'A connection to the database broke'),
  )
  const db = new Kysely<Schema>({ dialect: createDialect(pool) })
  const locks = createLocks(() => openLockSession(url, limits))
  const listener = createListener(url, log, limits)

  try {
    await translated(() => pool.query('SELECT 1'))
  } catch (error) {
    await pool.end()
    throw error
  }

  /** The server's limit for as long as the transaction lasts, and ours a little longer. */
  function longTransaction<T>(work: (tx: Tx) => Promise<T>, limitMs: number): Promise<T> {
    return withAnswerLimit(limitMs + limits.answerMs - limits.statementMs, () =>
      db.transaction().execute(async (tx) => {
        await sql`SELECT set_config('statement_timeout', ${String(limitMs)}, true),
          set_config('lock_timeout', ${String(limitMs)}, true)`.execute(tx)
        return work(tx)
      }),
    )
  }

  let closing: Promise<void> | undefined
  return {
    db,
    pool,
    transaction: (work, { limitMs } = {}) =>
      limitMs === undefined ? db.transaction().execute(work) : longTransaction(work, limitMs),
    oneStatement: (statement) => statement(db),
    withLock: (key, work, options) => locks.withLock(key, work, options),
    tryLock: (key, work) => locks.tryLock(key, work),
    listen: (channel, hear) => listener.listen(channel, hear),
    async notify(tx, channel, payload) {
      await sql`SELECT pg_notify(${channel}, ${payload})`.execute(tx)
    },
    close: () =>
      (closing ??= Promise.all([
        listener.close(),
        locks.close(),
        endPool(pool, () => db.destroy(), CLOSE_GRACE_MS),
      ]).then(() => undefined)),
  }
}
