import { statfs } from 'node:fs/promises'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import { newId, type BackupId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import type { CreateBackupDeps, WrittenBackup } from './create-backup.ts'
import { createInThread } from './create-in-thread.ts'
import { deleteOldFiles, deleteUnfinishedFiles, findFinished } from './old-files.ts'
import { readBackups, recordComplete, recordFailure, recordStart, type RecordedBackups } from './records.ts'
import { lastDue, type BackupSchedule } from './schedule.ts'
import { TEXTS } from './texts.ts'

const LOOK_EVERY_MS = 60_000
/** Pause after each start, successful or not: a backup that ends its process must not do so all the time. */
const RETRY_AFTER_MS = 15 * 60_000
/** A backup that takes longer is ended. */
const LONGEST_MS = 12 * 60 * 60_000
/** Space beyond the size of the last backup, which stays free for other programs. */
const RESERVE_BYTES = 100_000_000

export interface ScheduledBackupsDeps {
  database: Pick<Database, 'db' | 'tryLock'>
  databaseUrl: string
  clock: Clock
  log: Log
  version: string
  schedule: BackupSchedule
  /** When this database was last found to be a restored one. */
  restoredAt: () => Promise<Date | undefined>
  /** Called after each attempt. */
  onEnd: () => void
  /** Writes a backup; replaced in tests. */
  create?: (target: string, deps: CreateBackupDeps) => Promise<WrittenBackup>
  /** Free space of a folder in bytes; replaced in tests. */
  spaceOf?: (folder: string) => Promise<number>
}

export interface ScheduledBackups {
  start(): void
  stop(): Promise<void>
  /** Makes a backup if one is due, for tests. Returns true if it was tried. */
  look(): Promise<boolean>
}

/**
 * Makes backups at the times of the schedule: one server at a time, the first to take the lock. A missed one is made
 * when a server runs again, a failed one 15 minutes later.
 */
export function createScheduledBackups(deps: ScheduledBackupsDeps): ScheduledBackups {
  const { database, databaseUrl, clock, log, version, schedule, restoredAt } = deps
  const { create = createInThread, spaceOf = readFreeBytes } = deps
  const { db } = database
  const ending = new AbortController()
  const ticker = createTicker({
    name: 'backup.schedule',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: LONGEST_MS,
    run: (over) => look(over).then(() => undefined),
    onError: (err) => log.warn({ err }, 'The scheduled backup could not be made'),
  })

  async function look(over: AbortSignal = new AbortController().signal): Promise<boolean> {
    // Most rounds end after one short query, without the lock.
    const before = await readBackups(db, clock.now())
    if (!before.unfinished && !isDue(before)) return false
    const made = await database.tryLock('backup', async (lost) => {
      let recorded = await readBackups(db, clock.now())
      if (recorded.unfinished) {
        await recordEnd(recorded.unfinished)
        recorded = await readBackups(db, clock.now())
      }
      if (!isDue(recorded)) return false
      await makeBackup(recorded, AbortSignal.any([over, lost, ending.signal]))
      return true
    })
    if (made.locked) deps.onEnd()
    return made.locked && made.result
  }

  /** Records the end of a backup whose server was killed. */
  async function recordEnd({ id, startedAt }: NonNullable<RecordedBackups['unfinished']>): Promise<void> {
    const end = { id, startedAt, endedAt: clock.now() }
    const file = await findFinished(schedule.folder, startedAt)
    if (file) await recordComplete(db, { ...end, madeBy: 'schedule' }, file)
    else await recordFailure(db, end, new AppError('backup.interrupted'))
  }

  function isDue({ scheduledAt, lastStart }: RecordedBackups): boolean {
    const now = clock.now()
    if (scheduledAt && scheduledAt >= lastDue(schedule, now)) return false
    return lastStart === undefined || now.getTime() - lastStart.getTime() >= RETRY_AFTER_MS
  }

  async function makeBackup({ complete }: RecordedBackups, signal: AbortSignal): Promise<void> {
    const id = newId<BackupId>()
    const startedAt = clock.now()
    const { folder, recipients } = schedule
    try {
      await deleteUnfinishedFiles(folder, startedAt).catch(refuseFolder)
      await requireSpace(complete?.sizeBytes ?? 0)
      const written = await create(folder, {
        ...{ databaseUrl, clock, version, recipients, signal, at: startedAt },
        onBegun: () => recordStart(db, id, startedAt),
      })
      await recordComplete(db, { id, madeBy: 'schedule', startedAt, endedAt: clock.now() }, written)
      log.info({ path: written.path, sizeBytes: written.sizeBytes }, 'A scheduled backup was made')
    } catch (error) {
      const reason = signal.aborted ? new AppError('backup.interrupted', { cause: error }) : error
      log.error({ err: reason }, 'The scheduled backup failed')
      await recordFailure(db, { id, startedAt, endedAt: clock.now() }, reason)
      return
    }
    const deleted = await deleteFiles().catch((err: unknown) => {
      log.warn({ err }, 'Old backups could not be deleted')
      return []
    })
    if (deleted.length > 0) log.info({ deleted }, 'Old backups were deleted')
  }

  async function deleteFiles(): Promise<string[]> {
    return deleteOldFiles(db, schedule, { now: clock.now(), since: await restoredAt() })
  }

  /** Refuses before the file is begun: a full disk could stop PostgreSQL as well. */
  async function requireSpace(lastSize: number): Promise<void> {
    const free = await spaceOf(schedule.folder).catch(refuseFolder)
    if (free >= lastSize + RESERVE_BYTES) return
    const words = { free: megabytes(free), size: megabytes(lastSize), path: schedule.folder }
    throw new AppError('backup.no_space', { cause: new Error(fillText(TEXTS.space, words)) })
  }

  return {
    look,
    start: () => ticker.start(),
    stop() {
      // A backup takes longer than the time that a server has to end.
      ending.abort()
      return ticker.stop()
    },
  }
}

function refuseFolder(cause: unknown): never {
  throw new AppError('backup.write_failed', { cause })
}

async function readFreeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000).toLocaleString('en-US')} MB`
}
