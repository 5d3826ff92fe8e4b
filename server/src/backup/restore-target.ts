import { setTimeout as pause } from 'node:timers/promises'
import { listOutstanding, type CopySession, type Migration } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import { examineMigrations, listFilled, listObjects } from './schema-objects.ts'
import { isPostkeys } from './stored-tables.ts'

type Ask = Pick<CopySession, 'query'>

const MOST_NAMED = 5
/** PostgreSQL ends the connections of a stopped server a moment later. */
const ENDING_MS = 3_000
const POLL_MS = 50

/**
 * Refuses a database with other connections, of any name: a server that works meanwhile would write old rows
 * into the restored database. Call it outside of a transaction, in which PostgreSQL would repeat its first answer.
 *
 * @throws {AppError} `backup.database_in_use`
 */
export async function requireUnused({ query }: Ask): Promise<void> {
  const until = performance.now() + ENDING_MS
  for (;;) {
    // Without the right to see the sessions of other users, `backend_type` is null.
    const others = await query<{ name: string }>(
      `SELECT coalesce(nullif(application_name, ''), 'unnamed') || ' as ' || usename AS name FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
         AND coalesce(backend_type, 'client backend') = 'client backend'`,
    )
    if (others.length === 0) return
    if (performance.now() > until) {
      throw new AppError('backup.database_in_use', { cause: new Error(`Connections: ${named(others.map(nameOf))}`) })
    }
    await pause(POLL_MS)
  }
}

/**
 * Refuses a schema with anything that the migrations of this code have not created, or with rows, unless `overwrite` is
 * set. Needs a transaction.
 *
 * @throws {AppError} `backup.not_postkeys_database`, `backup.objects_unknown`, `backup.database_not_empty`
 */
export async function requireTarget(
  session: Ask,
  migrations: readonly Migration[],
  { overwrite }: { overwrite: boolean },
): Promise<void> {
  const objects = await listObjects(session)
  if (objects.length === 0) return
  if (!(await isPostkeys(session))) {
    throw new AppError('backup.not_postkeys_database', { cause: new Error(`It has ${named(objects)}`) })
  }
  const created = await examineMigrations(session, await listAppliedOf(session, migrations))
  const unknown = objects.filter((name) => !created.objects.has(name))
  if (unknown.length > 0) {
    throw new AppError('backup.objects_unknown', { cause: new Error(`It also has ${named(unknown)}`) })
  }
  if (overwrite) return
  const filled = (await listFilled(session)).filter((name) => name !== 'migrations' && !created.filled.has(name))
  if (filled.length > 0) {
    throw new AppError('backup.database_not_empty', { cause: new Error(`Tables with rows: ${named(filled)}`) })
  }
}

/** Applied migrations of the target, all of which this code has. */
async function listAppliedOf({ query }: Ask, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const applied = await query<{ name: string; checksum: string }>('SELECT name, checksum FROM migrations')
  try {
    return migrations.slice(0, migrations.length - listOutstanding(migrations, applied).length)
  } catch (cause) {
    throw new AppError('backup.objects_unknown', { cause })
  }
}

function nameOf({ name }: { name: string }): string {
  return name
}

function named(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''
  return names.slice(0, MOST_NAMED).join(', ') + more
}
