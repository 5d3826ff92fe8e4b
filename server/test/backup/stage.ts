/** For tests: a database with tables, an empty one for its restore, and a folder for files. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach } from 'vitest'
import { createBackup, restoreBackup, type CreateBackupDeps, type RestoreDeps } from '../../src/backup/index.ts'
import { AppError } from '../../src/kernel/errors.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { createEmptyDatabase, createTestClock, silentLog, testDatabase } from '../kit/index.ts'

/** The target is empty again before each test. */
export async function createBackupStage() {
  const clock = createTestClock('2026-05-04T10:00:00Z')
  const folder = mkdtempSync(join(tmpdir(), 'postkey-backup-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const source = await testDatabase()
  const target = await createEmptyDatabase('restore')
  afterAll(() => target.drop())
  beforeEach(() => target.clear())
  return {
    ...{ clock, folder, source, target },
    backUp: (to: string, deps: Partial<CreateBackupDeps> = {}) =>
      createBackup(to, { databaseUrl: source.url, clock, version: '0.1.0', ...deps }),
    restore: (path: string, deps: Partial<RestoreDeps> = {}) =>
      restoreBackup(path, {
        ...{ findDatabase: () => Promise.resolve(new Secret(target.url)), clock, log: silentLog, overwrite: false },
        ...deps,
      }),
  }
}

/** Code of the error with which `work` fails. */
export function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: unknown) => AppError.from(error).code,
  )
}
