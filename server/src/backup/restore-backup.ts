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
import { requireTarget, requireUnused } from './restore-target.ts'
import { clearRows, clearSchema, listPartitioned } from './schema-objects.ts'
import { enterSchema, listTables } from './stored-tables.ts'
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
  /** Ends the restore until its transaction is committed. Afterward, it only ends the calculation of statistics. */
  signal?: AbortSignal | undefined
  onProgress?: ReportProgress | undefined
  /** Set by tests; default: those of this code. */
  migrations?: readonly Migration[] | undefined
}

export interface RestoredContent {
  content: BackupContent
  /** Tables of the backup that are not Postkey's, and were left out. */
  skipped: string[]
  /** Migrations applied after the restore. */
  migrated: string[]
  /** False if PostgreSQL has yet to collect the statistics by which it plans queries. */
  isAnalyzed: boolean
}

/**
 * Replaces the content of a database by that of a backup, in one transaction: after an error, the database is as
 * before. Then the schema is migrated to the version of this code.
 *
 * @throws {AppError} those of `verifyBackup`, `requireUnused` and `requireTarget`, before anything is changed;
 *   `backup.restored_not_upgraded` when the data is restored, but a newer migration failed
 */
export async function restoreBackup(path: string, deps: RestoreDeps): Promise<RestoredContent> {
  const { signal, onProgress } = deps
  const { header, trailer } = await verifyBackup(path, deps)
  migrationsOf(header, deps)
  const databaseUrl = (await deps.findDatabase()).reveal()
  const session = await openCopySession(databaseUrl, signal)
  let loaded: Awaited<ReturnType<typeof load>>
  try {
    // A server that starts meanwhile waits for it. It ends with the connection, as the transaction does.
    await session.lock('migrations')
    await requireUnused(session)
    loaded = await load(session, path, trailer.bytes, deps).catch((cause: unknown) => {
      throw translated(cause)
    })
  } finally {
    await session.close()
  }
  const migrated = await upgrade(databaseUrl, deps)
  onProgress?.({ step: 'analyze', done: 0, of: 1 })
  return { ...loaded, migrated, isAnalyzed: await analyze(databaseUrl, signal) }
}

/** An object in another schema that depends on a table prevents its removal. */
const DEPENDENT_OBJECTS = '2BP01'

function translated(cause: unknown): unknown {
  if (!(cause instanceof DatabaseError)) return cause
  if (cause.code === DEPENDENT_OBJECTS) return new AppError('backup.objects_unknown', { cause })
  return new AppError('backup.load_failed', { cause })
}

async function upgrade(databaseUrl: string, { clock, log, migrations }: RestoreDeps): Promise<string[]> {
  try {
    const database = await createDatabase(databaseUrl, { log, maxConnections: 1 })
    try {
      return await migrate(database, clock, migrations)
    } finally {
      await database.close()
    }
  } catch (cause) {
    throw new AppError('backup.restored_not_upgraded', { cause })
  }
}

/** Returns false if the statistics are left to the autovacuum of PostgreSQL. */
async function analyze(databaseUrl: string, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false
  try {
    const session = await openCopySession(databaseUrl, signal)
    await session.query('ANALYZE').finally(() => session.close())
    return true
  } catch {
    return false
  }
}

async function load(session: CopySession, path: string, totalBytes: number, deps: RestoreDeps) {
  const { clock, signal, onProgress } = deps
  const skipped: string[] = []
  let known = new Set<string>()
  let restoring: string[] = []
  let done = 0
  await enterSchema(session)
  await session.query('BEGIN')
  await requireTarget(session, deps.migrations ?? readMigrations(), deps)
  const content = await readFile(
    path,
    {
      async begin(header) {
        await clearSchema(session)
        await createSchema((statements) => session.query(statements), migrationsOf(header, deps))
        await requireTables(session, header)
        await clearRows(session)
        restoring = await suspendChecks(session)
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
  signal?.throwIfAborted()
  // A connection that ends during COMMIT leaves open whether the data was restored.
  session.ignoreSignal()
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
function migrationsOf(
  { migrations }: BackupHeader,
  { migrations: ours = readMigrations() }: Pick<RestoreDeps, 'migrations'>,
): Migration[] {
  try {
    listOutstanding(ours, migrations)
  } catch (error) {
    if (AppError.from(error).code === 'database.newer_than_code')
      throw new AppError('backup.newer_than_code', { cause: error })
    throw new AppError('backup.migrations_differ', { cause: error })
  }
  return ours.slice(0, migrations.length)
}

/** @throws {AppError} `backup.damaged` if the backup lacks a table of its version */
async function requireTables(session: CopySession, { tables }: BackupHeader): Promise<void> {
  const saved = new Set(tables.map(({ name }) => name))
  const missing = (await listTables(session)).filter(({ name }) => !saved.has(name))
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name).join(', ')
  throw new AppError('backup.damaged', { cause: new Error(`Missing tables: ${names}`) })
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
