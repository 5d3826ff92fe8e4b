import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import { COPY_SESSION_NAME } from './copy-session.ts'
import type { Database } from './database.ts'
import { idOf } from './locks.ts'

export interface Migration {
  name: string
  text: string
  checksum: string
}

const FOLDER = join(import.meta.dirname, '../../migrations')
const WAIT_MS = 10 * 60_000
/** After each step of the wait, a restore is looked for, and a signal that ends the process. */
const STEP_MS = 2_000
/** Limit of one statement. Changes to a large table take long; a silent server is still detected. */
const LONGEST_STATEMENT_MS = 60 * 60_000

/** Returns the migrations of this code, in the order in which they are applied. */
export function readMigrations(folder: string = FOLDER): Migration[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') }
    })
}

const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS migrations (
  name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL
)`

/**
 * Creates the schema of an older version in an empty database, for a restore in its own transaction. The rows of the
 * table `migrations` come with the backup.
 */
export async function createSchema(
  query: (statements: string) => Promise<unknown>,
  migrations: readonly Migration[],
): Promise<void> {
  for (const text of [CREATE_TABLE, ...migrations.map((migration) => migration.text)]) await query(text)
}

/** Names of the tables that these migrations create, and of their own. */
export function tablesOf(migrations: readonly Migration[]): string[] {
  const tables = new Set(['migrations'])
  for (const { text } of migrations) {
    for (const [, verb, name] of text.matchAll(/^(CREATE|DROP) (?:UNLOGGED )?TABLE (?:IF EXISTS )?(\w+)/gm)) {
      if (verb === 'CREATE') tables.add(name!)
      else tables.delete(name!)
    }
  }
  return [...tables]
}

/**
 * Migrates the database to the version of this code and returns the names of the applied migrations. Forward only, each
 * file in its own transaction. Several processes may start at once: one migrates, the others wait. A database that is
 * newer than the code, or built from other files, stays unchanged.
 */
export async function migrate(
  database: Database,
  clock: Clock,
  migrations: readonly Migration[] = readMigrations(),
  { log, signal, waitMs = WAIT_MS, stepMs = Math.min(STEP_MS, waitMs) }: MigrateOptions = {},
): Promise<string[]> {
  let timesLocked = 0
  const work = () => {
    timesLocked++
    return applyOutstanding(database, clock, migrations)
  }
  let waitedMs = 0
  let isWarned = false
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await database.withLock('migrations', work, { waitMs: stepMs })
    } catch (error) {
      if (timesLocked > 0 || !(error instanceof AppError) || error.code !== 'database.lock_busy') throw error
      if (await isRestoring(database)) {
        if (!isWarned) log?.warn('A backup is being restored into this database: the server starts afterward')
        isWarned = true
        waitedMs = 0
        continue
      }
      // One step more than the limit: a restore may have ended just before it was looked for.
      if (waitedMs >= waitMs) throw error
      waitedMs += stepMs
    }
  }
}

interface MigrateOptions {
  log?: Pick<Log, 'warn'> | undefined
  /** Ends the wait. A migration that has begun is completed. */
  signal?: AbortSignal | undefined
  /** Maximum wait for other servers. A restore takes as long as its data, and is waited for. */
  waitMs?: number
  stepMs?: number
}

async function applyOutstanding(database: Database, clock: Clock, migrations: readonly Migration[]): Promise<string[]> {
  await sql.raw(CREATE_TABLE).execute(database.db)
  const { rows } = await sql<Applied>`SELECT name, checksum FROM migrations`.execute(database.db)
  const outstanding = listOutstanding(migrations, rows)
  for (const migration of outstanding) await apply(database, migration, clock)
  return outstanding.map(({ name }) => name)
}

/** Returns true if a restore holds the lock of migrations. */
async function isRestoring({ db }: Database): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (classid::bigint << 32 | objid::bigint) = ${String(idOf('migrations'))}
      AND application_name = ${COPY_SESSION_NAME}`.execute(db)
  return rows.length > 0
}

/**
 * Verifies that this code and the database have the same version. Changes nothing.
 *
 * @throws {AppError} `database.older_than_code`, and the errors of `migrate` for a database that is newer or built from
 *   other files
 */
export async function requireMigrated(
  { db }: Pick<Database, 'db'>,
  migrations: readonly Migration[] = readMigrations(),
): Promise<void> {
  const { rows: tables } = await sql`SELECT FROM pg_tables WHERE tablename = 'migrations'`.execute(db)
  const { rows } =
    tables.length === 0 ? { rows: [] } : await sql<Applied>`SELECT name, checksum FROM migrations`.execute(db)
  const [next] = listOutstanding(migrations, rows)
  if (next) throw new AppError('database.older_than_code', { cause: new Error(`It does not have ${next.name}`) })
}

export type Applied = Pick<Migration, 'name' | 'checksum'>

/** Returns the migrations that are still to be applied. Throws when the two lists don't match. */
export function listOutstanding(migrations: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const inOrder = applied.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  for (const [index, { name, checksum }] of inOrder.entries()) {
    const ours = migrations[index]
    if (!ours) throw new AppError('database.newer_than_code', { cause: new Error(`It has ${name}`) })
    if (ours.name !== name) {
      const known = migrations.some((migration) => migration.name === name)
      const newer = !known && name > migrations.at(-1)!.name
      throw new AppError(newer ? 'database.newer_than_code' : 'database.migrations_differ', {
        cause: new Error(`It has ${name} where this code has ${ours.name}`),
      })
    }
    if (ours.checksum !== checksum) {
      throw new AppError('database.migrations_differ', { cause: new Error(`${name} was changed after it was applied`) })
    }
  }
  return migrations.slice(applied.length)
}

async function apply(database: Database, { name, text, checksum }: Migration, clock: Clock): Promise<void> {
  try {
    await database.transaction(
      async (tx) => {
        await sql.raw(text).execute(tx)
        await sql`
          INSERT INTO migrations (name, checksum, applied_at)
          VALUES (${name}, ${checksum}, ${clock.now()})`.execute(tx)
      },
      { limitMs: LONGEST_STATEMENT_MS },
    )
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('database.migration_failed', { cause: new Error(name, { cause: error }) })
  }
}
