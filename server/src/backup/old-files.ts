import { readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Database } from '../database/index.ts'
import { listFiles, recordDeletion } from './records.ts'
import type { BackupSchedule } from './schedule.ts'
import { nameOf } from './write-file.ts'

const DAY_MS = 24 * 60 * 60_000
/** A running backup writes to its file all the time, and waits at most a minute for locks. */
const STALE_MS = 60 * 60_000
/** Unfinished file of a backup in a folder, as `writeFile` names it. */
const UNFINISHED = /^\.postkey-\d{8}T\d{6}Z\.backup\.zst(\.age)?\.[0-9a-f]{8}\.partial$/

/**
 * Deletes backups that the schedule wrote to its folder, beyond the number or the age that is kept. A file counts only
 * with the size that was recorded, so a truncated one neither replaces a whole one nor is deleted. The latest whole one
 * always stays.
 *
 * @param since  detection of the last restore: earlier files may be those of another installation, which still uses them
 * @returns paths of the deleted files
 */
export async function deleteOldFiles(
  db: Database['db'],
  { folder, keep }: Pick<BackupSchedule, 'folder' | 'keep'>,
  { now, since }: { now: Date; since: Date | undefined },
): Promise<string[]> {
  const whole = []
  for (const file of await listFiles(db, { since, now })) {
    if (dirname(file.path) === folder && (await sizeOf(file.path)) === file.sizeBytes) whole.push(file)
  }
  const isKept = ({ startedAt }: { startedAt: Date }, index: number) =>
    index === 0 || ('backups' in keep ? index < keep.backups : now.getTime() - startedAt.getTime() < keep.days * DAY_MS)
  const old = whole.filter((file, index) => !isKept(file, index))
  for (const { id, path } of old) {
    await rm(path, { force: true })
    await recordDeletion(db, id, now)
  }
  return old.map(({ path }) => path)
}

/** Deletes unfinished files of backups whose process was killed. */
export async function deleteUnfinishedFiles(folder: string, now: Date): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!UNFINISHED.test(name)) continue
    const path = join(folder, name)
    const changedAt = (await stat(path).catch(() => undefined))?.mtimeMs
    if (changedAt !== undefined && now.getTime() - changedAt > STALE_MS) await rm(path, { force: true })
  }
}

/** Finds the file of a backup that was finished, and whose process was killed before it recorded this. */
export async function findFinished(folder: string, at: Date): Promise<{ path: string; sizeBytes: number } | undefined> {
  for (const isEncrypted of [false, true]) {
    const path = join(folder, nameOf(at, isEncrypted))
    const sizeBytes = await sizeOf(path)
    if (sizeBytes !== undefined) return { path, sizeBytes }
  }
  return undefined
}

/** Size of a file; `undefined` if there is none. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
