import type { Database } from '../database/index.ts'
import type { Installation } from '../incidents/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, CATALOGUE, fillText } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import { shownTime } from '../kernel/shown-time.ts'
import { createTicker } from '../kernel/ticker.ts'
import { readBackups, readRecordsSince, type RecordedBackups } from './records.ts'
import { nextDue, overdueAfter, type BackupSchedule } from './schedule.ts'
import { TEXTS } from './texts.ts'

const LOOK_EVERY_MS = 60_000
const DEADLINE_MS = 60_000
/** Time after which the incident of a server that no longer runs, or no longer expects backups, closes. */
const EXPIRES_AFTER_MS = 10 * 60_000

export interface BackupStatus extends Pick<RecordedBackups, 'complete' | 'failure' | 'unfinished'> {
  schedule: BackupSchedule | undefined
  /** Next time of the schedule. */
  nextAt: Date | undefined
  /** Time from which the last backup is too old; `undefined` if no backups are expected. */
  overdueAt: Date | undefined
  isOverdue: boolean
  /** The last backup and the last failure, in one or two sentences. */
  detail: string
}

export interface BackupWatchDeps {
  database: Pick<Database, 'db'>
  clock: Clock
  log: Log
  installation: Pick<Installation, 'open' | 'end'>
  schedule: BackupSchedule | undefined
  /** Age at which a backup is overdue, in milliseconds; by default that of the schedule. */
  overdueMs: number | undefined
}

export interface BackupWatch {
  status(): Promise<BackupStatus>
  start(): void
  stop(): Promise<void>
  poke(): void
  /** Opens or closes the incident now, for tests. */
  look(): Promise<void>
}

/** Reports the age of the last backup, scheduled or by command, and opens an incident when it is overdue. */
export function createBackupWatch({ database, clock, log, installation, ...expected }: BackupWatchDeps): BackupWatch {
  const { schedule } = expected
  const overdueMs = expected.overdueMs ?? (schedule && overdueAfter(schedule))
  const { code } = new AppError('backup.overdue')
  const ticker = createTicker({
    name: 'backup.watch',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: DEADLINE_MS,
    run: look,
    onError: (err) => log.warn({ err }, 'The age of the last backup could not be checked'),
  })

  async function status(): Promise<BackupStatus> {
    const now = clock.now()
    const { complete, failure, unfinished } = await readBackups(database.db, now)
    const overdueAt = overdueMs === undefined ? undefined : await findOverdue({ complete, failure }, overdueMs)
    return {
      ...{ complete, failure, unfinished, schedule, overdueAt },
      nextAt: schedule && nextDue(schedule, now),
      isOverdue: overdueAt !== undefined && overdueAt <= now,
      detail: describe({ complete, failure, unfinished }),
    }
  }

  /** The first backup of a schedule is due at once, so it is overdue when it failed. */
  async function findOverdue(
    { complete, failure }: Pick<RecordedBackups, 'complete' | 'failure'>,
    afterMs: number,
  ): Promise<Date> {
    if (!complete && failure) return failure.startedAt
    const since = complete?.startedAt ?? (schedule ? clock.now() : await readRecordsSince(database.db))
    return new Date(since.getTime() + afterMs)
  }

  /** A server that expects no backups leaves the incident to those that do. */
  async function look(): Promise<void> {
    const { isOverdue, overdueAt, detail } = await status()
    if (!overdueAt) return
    const expiresAt = new Date(clock.now().getTime() + EXPIRES_AFTER_MS)
    if (isOverdue) await installation.open({ code, detail, since: overdueAt, expiresAt })
    else await installation.end({ code })
  }

  return { status, look, start: () => ticker.start(), stop: () => ticker.stop(), poke: () => ticker.poke() }
}

function describe({
  complete,
  failure,
  unfinished,
}: Pick<BackupStatus, 'complete' | 'failure' | 'unfinished'>): string {
  const sentences = [
    complete
      ? fillText(TEXTS.last, { at: shownTime(complete.startedAt), path: complete.path, server: complete.server })
      : TEXTS.none,
  ]
  if (failure) {
    const { startedAt, server, cause = '' } = failure
    const words = { at: shownTime(startedAt), server, title: CATALOGUE[failure.code].title, cause }
    sentences.push(fillText(cause ? TEXTS.failedBecause : TEXTS.failed, words))
  }
  if (unfinished) {
    sentences.push(fillText(TEXTS.running, { at: shownTime(unfinished.startedAt), server: unfinished.server }))
  }
  return sentences.join(' ')
}
