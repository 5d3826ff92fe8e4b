import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Client } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { connectionConfig } from './clients.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { idOf } from './locks.ts'
import { translated } from './pg-errors.ts'

/** Connection for work on whole tables: without limits of statements, so its user shows progress and can be stopped. */
export interface CopySession {
  /** Runs a statement. Without values, `statement` may contain several. */
  query<Row = unknown>(statement: string, values?: readonly unknown[]): Promise<Row[]>
  /** Runs `COPY … TO STDOUT`, yields its output, and returns the number of rows. */
  copyOut(statement: string): AsyncGenerator<Buffer, number, undefined>
  /** Runs `COPY … FROM STDIN`. Returns the number of rows. */
  copyIn(statement: string, input: AsyncIterable<Buffer>): Promise<number>
  /** Takes a lock of `Database.withLock` for as long as the connection lives: its transaction and the lock end together. */
  lock(key: string): Promise<void>
  /** From now on, the signal doesn't end the connection. */
  ignoreSignal(): void
  /** Ends the connection. An open transaction is rolled back, also in the middle of a COPY. */
  close(): Promise<void>
}

/** Waiting for a lock longer than this fails: other statements queue behind the one that waits. */
const LOCK_MS = 60_000

/** Settings on which the text of values depends. They override the server's defaults. */
const SETTINGS = `
  SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET idle_session_timeout = 0;
  SET lock_timeout = ${LOCK_MS}; SET row_security = off;
  SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; SET extra_float_digits = 1;
  SET bytea_output = 'hex'; SET synchronize_seqscans = off;
  ${whereSupported('client_connection_check_interval', '2000')}; ${whereSupported('transaction_timeout', '0')}`

/** PostgreSQL 17 introduced `transaction_timeout`. Some operating systems can't check the connection of a client. */
function whereSupported(setting: string, value: string): string {
  return `DO $$ BEGIN PERFORM set_config('${setting}', '${value}', false); EXCEPTION WHEN OTHERS THEN NULL; END $$`
}

/** Name of the connection of a backup or a restore. */
export const COPY_SESSION_NAME = 'postkey copy'

/** @param signal ends the connection, also in the middle of a statement, which then fails */
export async function openCopySession(url: string, signal?: AbortSignal): Promise<CopySession> {
  const client = new Client({ ...connectionConfig(url, DEFAULT_LIMITS), application_name: COPY_SESSION_NAME })
  // Without a listener, a connection that breaks between two statements would end the process.
  client.on('error', () => undefined)
  await translated(async () => {
    await client.connect()
    await client.query(SETTINGS)
  })

  const close = () => client.end().catch(() => undefined)
  const stop = () => void close()
  signal?.addEventListener('abort', stop, { once: true })

  async function* copyOut(statement: string) {
    const output = client.query(copyTo(statement))
    const chunks = (output as Readable)[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    for (;;) {
      const next = await translated(() => chunks.next())
      if (next.done) return output.rowCount
      yield next.value
    }
  }

  return {
    async query<Row>(statement: string, values?: readonly unknown[]) {
      const { rows } = await translated(() => client.query(statement, values as unknown[] | undefined))
      return rows as Row[]
    },
    async lock(key) {
      await translated(() => client.query('SELECT pg_advisory_lock($1)', [String(idOf(key))]))
    },
    ignoreSignal: () => signal?.removeEventListener('abort', stop),
    copyOut,
    async copyIn(statement, input) {
      const target = client.query(copyFrom(statement))
      await translated(() => pipeline(input, target as Writable))
      return target.rowCount
    },
    close,
  }
}
