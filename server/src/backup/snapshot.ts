import { DatabaseError, escapeIdentifier } from 'pg'
import type { CopySession } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import { enterSchema, isPostkeys, listTableNames, listTables, type StoredTable } from './stored-tables.ts'

/** Servers create a partition with the first message of a month, so a second attempt nearly always succeeds. */
const ATTEMPTS = 10
const UNDEFINED_TABLE = '42P01'

/**
 * Begins a transaction that sees the rows of one moment, and returns all tables of that moment.
 *
 * The tables are locked before the snapshot is taken. A migration that rewrites a table leaves no row in it that an older
 * snapshot sees, so it has to end before the snapshot, or wait for the end of this transaction.
 *
 * @throws {AppError} `backup.not_postkeys_database`, `database.lock_busy`
 */
export async function beginSnapshot(session: Pick<CopySession, 'query'>): Promise<StoredTable[]> {
  await enterSchema(session)
  if (!(await isPostkeys(session))) throw new AppError('backup.not_postkeys_database')
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const names = await listTableNames(session)
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    if (await lockAll(session, names)) {
      // The first query of the transaction: it takes the snapshot.
      const stored = await listTables(session)
      if (stored.map(({ name }) => name).join() === names.join()) return stored
    }
    await session.query('ROLLBACK')
  }
  throw new TypeError('Tables are created or removed all the time')
}

/** Returns false if one of the tables was removed meanwhile. */
async function lockAll({ query }: Pick<CopySession, 'query'>, names: readonly string[]): Promise<boolean> {
  if (names.length === 0) return true
  try {
    await query(`LOCK TABLE ${names.map(escapeIdentifier).join(', ')} IN ACCESS SHARE MODE`)
    return true
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNDEFINED_TABLE) return false
    throw error
  }
}
