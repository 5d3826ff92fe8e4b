import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

export type SqlValue = SQLInputValue

/**
 * The sandbox's whole state: one SQLite file, or memory in tests.
 *
 * Every call is synchronous, so code between two awaits is atomic by itself; {@link Database.transaction} makes it
 * durable as a unit.
 *
 * @see docs/decisions/0002-sandbox-state-in-one-sqlite-file.md
 */
export interface Database {
  run(sql: string, ...values: SqlValue[]): { changes: number; lastInsertRowid: number }
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined
  all<Row>(sql: string, ...values: SqlValue[]): Row[]
  /** Runs `work` in one transaction; nested calls join the outer one. `work` must not await. */
  transaction<T>(work: () => T): T
  /** Adds a module's tables. Each module calls this once, with `CREATE TABLE IF NOT EXISTS`. */
  addTables(sql: string): void
  setting(key: string): string | undefined
  setSetting(key: string, value: string): void
  close(): void
}

const MOST_STATEMENTS = 500

/** Opens or creates the file at `path`; `:memory:` opens a database in memory. */
export function openDatabase(path: string): Database {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const sqlite = new DatabaseSync(path)
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;')
  sqlite.exec('CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT')

  const statements = new Map<string, StatementSync>()
  let depth = 0

  /** Clients' filters produce ever new SQL, so the least recently used statement is removed. */
  function prepare(sql: string): StatementSync {
    const statement = statements.get(sql) ?? sqlite.prepare(sql)
    statements.delete(sql)
    statements.set(sql, statement)
    if (statements.size > MOST_STATEMENTS) statements.delete(statements.keys().next().value!)
    return statement
  }

  const database: Database = {
    run(sql, ...values) {
      const { changes, lastInsertRowid } = prepare(sql).run(...values)
      return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) }
    },
    get<Row>(sql: string, ...values: SqlValue[]) {
      return prepare(sql).get(...values) as Row | undefined
    },
    all<Row>(sql: string, ...values: SqlValue[]) {
      return prepare(sql).all(...values) as Row[]
    },
    transaction(work) {
      if (depth > 0) return work()
      depth++
      sqlite.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        sqlite.exec('COMMIT')
        return result
      } catch (error) {
        sqlite.exec('ROLLBACK')
        throw error
      } finally {
        depth--
      }
    },
    addTables: (sql) => sqlite.exec(sql),
    setting: (key) => database.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', key)?.value,
    setSetting(key, value) {
      database.run(
        'INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        key,
        value,
      )
    },
    close: () => sqlite.close(),
  }
  return database
}
