/**
 * The database: one PostgreSQL with its connections, locks, notifications and migrations. Also the embedded PostgreSQL,
 * used when no other is configured. Owns only the table `migrations`; all other tables belong to other rooms.
 */
export { ADVISORY_LOCK_CLASSES, advisoryLock } from './advisory-locks.ts'
export { openCopySession, type CopySession } from './copy-session.ts'
export { readDatabaseFigures, type DatabaseFigures } from './figures.ts'
export { createDatabase, type Database, type DatabaseOptions, type Tx } from './database.ts'
export { readRelease } from './embedded/postgres-release.ts'
export { joinEmbeddedPostgres } from './embedded/join.ts'
export {
  killEmbeddedPostgres,
  refuseCopy,
  startEmbeddedPostgres,
  type EmbeddedOptions,
  type EmbeddedPostgres,
} from './embedded/embedded-postgres.ts'
export { DEFAULT_LIMITS, withAnswerLimit, type DatabaseLimits } from './limits.ts'
export { LOCK_WAIT_MS, type LockOptions } from './locks.ts'
export {
  createSchema,
  listOutstanding,
  migrate,
  readMigrations,
  requireMigrated,
  tablesOf,
  type Applied,
  type Migration,
} from './migrate.ts'
export { DISK_FULL, isUniqueViolation } from './pg-errors.ts'
export type { Schema } from './schema.ts'
export { createRowCache, type RowCache } from './row-cache.ts'
export { REDACTED, scanTexts, searchedTexts, type ScanSize, type SearchedTexts, type TextScan } from './text-scan.ts'
export { waitForDatabase } from './wait-for-database.ts'
