import { DatabaseError, escapeIdentifier } from 'pg'
import {
  createDatabase,
  createSchema,
  listOutstanding,
  migrate,
  openCopySession,
  readMigrations,
  type CopySession,
  type Migration,
} from '../database/index.ts'
import { markRestored } from '../epoch/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import type { Secret } from '../kernel/secret.ts'
import type { BackupContent, BackupHeader, BackupTable } from './format.ts'
import { createPartition, suspendChecks } from './load-order.ts'
import type { ReportProgress } from './progress.ts'
import { readFile } from './read-file.ts'
import { clearRows, clearSchema, listPartitioned, requireTarget } from './restore-target.ts'
import { listTables } from './stored-tables.ts'
import { verifyBackup } from './verify-backup.ts'

export interface RestoreDeps {
  /** Called after the backup is verified. */
  findDatabase: () => Promise<Secret>
  clock: Clock
  log: Log
  /** Deletes all rows of the database first. */
  overwrite: boolean
  /** Private keys of age, for an encrypted backup. */
  identities?: readonly Secret[] | undefined
  signal?: AbortSignal | undefined
  onProgress?: ReportProgress | undefined
}

export interface RestoredContent {
  content: BackupContent
  /** Tables of the backup that are not Postkey's, and were left out. */
  skipped: string[]
  /** Migrations applied after the restore. */
  migrated: string[]
}

/** A server that starts meanwhile waits for the lock of migrations. */
const LOCK_WAIT_MS = 60_000

/**
 * Replaces the content of a database by that of a backup, in one transaction: after an error, the database is as
 * before. Then the schema is migrated to the version of this code.
 *
 * @throws {AppError} those of `verifyBackup` and `requireTarget`, before anything is changed
 */
export async function restoreBackup(path: string, deps: RestoreDeps): Promise<RestoredContent> {
  const { clock, log, signal, onProgress } = deps
  const { header, trailer } = await verifyBackup(path, deps)
  migrationsOf(header)
  const databaseUrl = (await deps.findDatabase()).reveal()
  const session = await openCopySession(databaseUrl, signal)
  try {
    await requireTarget(session, deps)
    const database = await createDatabase(databaseUrl, { log, maxConnections: 1 })
    try {
      const loaded = await database
        .withLock('migrations', () => load(session, path, trailer.bytes, deps), { waitMs: LOCK_WAIT_MS })
        .catch((cause: unknown) => {
          throw cause instanceof DatabaseError ? new AppError('backup.load_failed', { cause }) : cause
        })
      const migrated = await migrate(database, clock)
      onProgress?.({ step: 'analyze', done: 0, of: 1 })
      await session.query('ANALYZE')
      return { ...loaded, migrated }
    } finally {
      await database.close()
    }
  } finally {
    await session.close()
  }
}

async function load(session: CopySession, path: string, totalBytes: number, deps: RestoreDeps) {
  const { clock, signal, onProgress } = deps
  const skipped: string[] = []
  let known = new Set<string>()
  let restoring: string[] = []
  let done = 0
  await session.query('BEGIN')
  const content = await readFile(
    path,
    {
      async begin(header) {
        await clearSchema(session)
        await createSchema((statements) => session.query(statements), migrationsOf(header))
        restoring = await suspendChecks(session)
        await clearRows(session)
        known = await createPartitions(session, header)
      },
      async table(table, rows) {
        if (known.has(table.name)) return copyIn(session, table, reported(table.name, rows))
        skipped.push(table.name)
        for await (const _ of rows);
        return undefined
      },
    },
    { identities: deps.identities, signal },
  )
  for (const { table, column, last, called } of content.trailer.sequences) {
    if (!known.has(table)) continue
    await session.query('SELECT setval(pg_get_serial_sequence(quote_ident($1), $2), $3, $4)', [
      ...[table, column, last, called],
    ])
  }
  for (const [index, statement] of restoring.entries()) {
    signal?.throwIfAborted()
    onProgress?.({ step: 'index', done: index, of: restoring.length })
    await session.query(statement)
  }
  await markRestored(session, clock.now())
  await session.query('COMMIT')
  return { content, skipped }

  async function* reported(table: string, rows: AsyncIterable<Buffer>) {
    for await (const chunk of rows) {
      yield chunk
      done += chunk.length
      onProgress?.({ step: 'load', table, done, of: totalBytes })
    }
  }
}

/**
 * Returns the migrations that the backup had.
 *
 * @throws {AppError} `backup.newer_than_code`, `backup.migrations_differ`
 */
function migrationsOf({ migrations }: BackupHeader): Migration[] {
  const ours = readMigrations()
  try {
    listOutstanding(ours, migrations)
  } catch (error) {
    if (AppError.from(error).code === 'database.newer_than_code')
      throw new AppError('backup.newer_than_code', { cause: error })
    throw new AppError('backup.migrations_differ', { cause: error })
  }
  return ours.slice(0, migrations.length)
}

/** Creates the partitions of the backup. Returns the names of all tables that can be loaded. */
async function createPartitions(session: CopySession, { tables }: BackupHeader): Promise<Set<string>> {
  const known = new Set((await listTables(session)).map(({ name }) => name))
  const parents = await listPartitioned(session)
  for (const { name, partition } of tables) {
    if (!partition || known.has(name) || !parents.includes(partition.of)) continue
    await createPartition(session, name, partition)
    known.add(name)
  }
  return known
}

function copyIn(session: CopySession, { name, columns }: BackupTable, rows: AsyncIterable<Buffer>): Promise<number> {
  // FREEZE: the tables are new in this transaction. Their rows need no later VACUUM, and indexes alone answer at once.
  const list = columns.map(escapeIdentifier).join(', ')
  return session.copyIn(`COPY ${escapeIdentifier(name)} (${list}) FROM STDIN WITH (FREEZE)`, rows)
}
