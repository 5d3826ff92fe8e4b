import type { Secret } from '../kernel/secret.ts'
import type { BackupContent } from './format.ts'
import type { ReportProgress } from './progress.ts'
import { readFile } from './read-file.ts'

export interface VerifyDeps {
  /** Private keys of age, for an encrypted backup. */
  identities?: readonly Secret[] | undefined
  signal?: AbortSignal | undefined
  onProgress?: ReportProgress | undefined
}

/**
 * Reads a backup to its end, and verifies all checksums. Needs no database.
 *
 * @throws {AppError} the errors of `readFile`
 */
export function verifyBackup(
  path: string,
  { identities, signal, onProgress }: VerifyDeps = {},
): Promise<BackupContent> {
  const sink = {
    async table(_table: unknown, rows: AsyncIterable<Buffer>) {
      for await (const _ of rows);
      return undefined
    },
  }
  return readFile(path, sink, { identities, signal, onRead: (done, of) => onProgress?.({ step: 'verify', done, of }) })
}
