import type { BackupContent } from './format.ts'
import type { ReportProgress } from './progress.ts'
import { readFile } from './read-file.ts'

export interface VerifyDeps {
  signal?: AbortSignal | undefined
  onProgress?: ReportProgress | undefined
}

/**
 * Reads a backup to its end, and verifies all checksums. Needs no database.
 *
 * @throws {AppError} `backup.file_unreadable`, `backup.not_a_backup`, `backup.newer_than_code`, `backup.damaged`
 */
export function verifyBackup(path: string, { signal, onProgress }: VerifyDeps = {}): Promise<BackupContent> {
  const sink = {
    async table(_table: unknown, rows: AsyncIterable<Buffer>) {
      for await (const _ of rows);
      return undefined
    },
  }
  return readFile(path, sink, { signal, onRead: (done, of) => onProgress?.({ step: 'verify', done, of }) })
}
