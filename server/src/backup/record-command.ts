import { createAudit } from '../audit/index.ts'
import { createDatabase } from '../database/index.ts'
import { newId, type BackupId } from '../kernel/ids.ts'
import { createLog } from '../kernel/log.ts'
import type { WrittenBackup } from './create-backup.ts'
import { recordComplete } from './records.ts'

/**
 * Records a backup of the command line, so that its age is known, and in the audit list: it is a copy of all data. Fails for a database of an older version, and for one
 * that is only read; the backup is complete nevertheless.
 */
export async function recordCommand(
  databaseUrl: string,
  written: Pick<WrittenBackup, 'path' | 'sizeBytes'>,
  times: { startedAt: Date; endedAt: Date },
): Promise<void> {
  const database = await createDatabase(databaseUrl, { log: createLog({ level: 'silent' }), maxConnections: 1 })
  try {
    const id = newId<BackupId>()
    const { path, sizeBytes } = written
    const audit = createAudit(database, { now: () => times.endedAt })
    await database.transaction(async (tx) => {
      await recordComplete(tx, { id, madeBy: 'command', ...times }, written)
      await audit.record(tx, { actor: 'cli', action: 'backup.created', subject: id, detail: { path, sizeBytes } })
    })
  } finally {
    await database.close()
  }
}
