import { openCopySession } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { backupText } from './backup-text.ts'
import { createEncryption } from './encryption.ts'
import { FORMAT, FORMAT_VERSION, type BackupContent, type BackupHeader } from './format.ts'
import type { ReportProgress } from './progress.ts'
import { beginSnapshot } from './snapshot.ts'
import { listApplied } from './stored-tables.ts'
import { chooseFile, writeFile } from './write-file.ts'

export interface CreateBackupDeps {
  databaseUrl: string
  clock: Clock
  /** Version of Postkey. */
  version: string
  /** Time in the name of a file in a folder. Default: now. */
  at?: Date | undefined
  /** Public keys of age. Without one, the file is not encrypted. */
  recipients?: readonly string[] | undefined
  signal?: AbortSignal | undefined
  onProgress?: ReportProgress | undefined
  /** Called when the moment of the backup is fixed: what it writes to the database is not in the file. */
  onBegun?: (() => Promise<void>) | undefined
}

export interface WrittenBackup {
  path: string
  sizeBytes: number
  content: BackupContent
}

/**
 * Writes all rows of the database to a file: those of one moment, while servers continue to work.
 *
 * @param target file, or folder in which the file is named by the time
 * @throws {AppError} `backup.recipient_invalid`, `backup.file_exists`, `backup.write_failed`, `backup.not_postkeys_database`,
 *   `backup.tables_missing`, and those of the database
 */
export async function createBackup(target: string, deps: CreateBackupDeps): Promise<WrittenBackup> {
  const { clock, version, recipients = [], signal, onProgress } = deps
  const createdAt = deps.at ?? clock.now()
  const encrypt = recipients.length > 0 ? createEncryption(recipients) : undefined
  const path = await chooseFile(target, createdAt, encrypt !== undefined)
  const session = await openCopySession(deps.databaseUrl, signal)
  try {
    const stored = await beginSnapshot(session)
    await deps.onBegun?.()
    const migrations = await listApplied(session)
    const [server] = await session.query<{ postgres: string }>(`SELECT current_setting('server_version') AS postgres`)
    const header: BackupHeader = {
      format: FORMAT,
      version: FORMAT_VERSION,
      postkey: version,
      postgres: server!.postgres,
      migrations,
      createdAt: createdAt.toISOString(),
      tables: stored.map(({ sizeBytes: _, ...table }) => table),
    }

    const sizes = new Map(stored.map(({ name, sizeBytes }) => [name, sizeBytes]))
    const total = stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    let done = 0
    let copied = 0
    const text = backupText(session, header, {
      // The text of a table may be longer than its stored rows, which PostgreSQL compresses.
      copied(table, bytes) {
        copied += bytes
        onProgress?.({ step: 'backup', table, done: done + Math.min(copied, sizes.get(table) ?? 0), of: total })
      },
      ended(table) {
        done += sizes.get(table) ?? 0
        copied = 0
      },
    })
    return { path, ...(await writeFile(path, text, { encrypt, signal })) }
  } finally {
    await session.close()
  }
}
