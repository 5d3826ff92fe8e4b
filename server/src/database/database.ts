import type { Kysely, Transaction } from 'kysely'
import type { Pool } from 'pg'
import type { Schema } from './schema.ts'

export type Tx = Transaction<Schema>

/** The one PostgreSQL behind this process. What it throws is an `AppError` when the database is the cause. */
export interface Database {
  readonly db: Kysely<Schema>
  /** For libraries that speak to the driver themselves. */
  readonly pool: Pool

  /** Everything in `work` or nothing of it. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>

  /**
   * Runs `work` while nobody else, here or in another process, holds `key`. Callers of one process are served in the
   * order in which they came. Not reentrant: `work` must not ask for the lock that it holds.
   *
   * A lock and not a transaction: what `work` saves commits by itself and survives its error. When the connection of
   * the lock is lost, `work` is not stopped but the call fails with `database.lock_lost` at its end; whoever must
   * refuse a late writer needs a fencing number besides.
   */
  withLock<T>(key: string, work: () => Promise<T>): Promise<T>

  /**
   * Hears what is notified on `channel` after the transaction that notified it is committed. A hint and no queue: what
   * is said while the connection is away is lost, so `listener` is called with `undefined` whenever it is back: look
   * for yourself what was missed. Resolves once it listens.
   */
  listen(channel: string, listener: (payload: string | undefined) => void): Promise<() => Promise<void>>

  /** Tells every process that listens, when `tx` commits. At most 8000 bytes (PostgreSQL, NOTIFY). */
  notify(tx: Kysely<Schema>, channel: string, payload: string): Promise<void>

  close(): Promise<void>
}
