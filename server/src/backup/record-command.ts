import { createDatabase } from '../database/index.ts'
import { newId, type BackupId } from '../kernel/ids.ts'
import { createLog } from '../kernel/log.ts'
import type { WrittenBackup } from './create-backup.ts'
import { recordComplete } from './records.ts'

/**
 * Records a backup of the command line, so that its age is known. Fails for a database of an older version, and for one
 * that is only read; the backup is complete nevertheless.
 */
export async function recordCommand(
  databaseUrl: string,
  written: Pick<WrittenBackup, 'path' | 'sizeBytes'>,
  times: { startedAt: Date; endedAt: Date },
): Promise<void> {
  const database = await createDatabase(databaseUrl, { log: createLog({ level: 'silent' }), maxConnections: 1 })
  try {
    await recordComplete(database.db, { id: newId<BackupId>(), madeBy: 'command', ...times }, written)
  } finally {
    await database.close()
  }
}
