/**
 * Backups: all rows of the database in one file, independent of the version of PostgreSQL, and their restore. They read
 * and write all tables by their definition in the database. Owns only the table `backups`, the record of those made.
 */
export { createBackupWatch, type BackupStatus, type BackupWatch } from './backup-watch.ts'
export { createBackup, type CreateBackupDeps, type WrittenBackup } from './create-backup.ts'
export { createEncryption, parseIdentities, parseRecipients } from './encryption.ts'
export type { BackupContent } from './format.ts'
export type { BackupProgress, BackupStep, ReportProgress } from './progress.ts'
export { recordCommand } from './record-command.ts'
export { restoreBackup, type RestoredContent, type RestoreDeps } from './restore-backup.ts'
export { parseKeep, parseTimes, type BackupSchedule } from './schedule.ts'
export { createScheduledBackups, type ScheduledBackups } from './scheduled-backups.ts'
export { verifyBackup, type VerifyDeps } from './verify-backup.ts'
