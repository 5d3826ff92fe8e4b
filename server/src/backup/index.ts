/**
 * Backups: all rows of the database in one file, independent of the version of PostgreSQL, and their restore. Owns no
 * table; it reads and writes all of them by their definition in the database. `cli` calls it.
 */
export { createBackup, type CreateBackupDeps, type WrittenBackup } from './create-backup.ts'
export { parseIdentities } from './encryption.ts'
export type { BackupContent } from './format.ts'
export type { BackupProgress, BackupStep, ReportProgress } from './progress.ts'
export { restoreBackup, type RestoredContent, type RestoreDeps } from './restore-backup.ts'
export { verifyBackup, type VerifyDeps } from './verify-backup.ts'
