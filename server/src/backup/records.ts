import { hostname } from 'node:os'
import { sql } from 'kysely'
import type { Database } from '../database/index.ts'
import { AppError, knownCode, type ErrorCode } from '../kernel/errors.ts'
import { newId, type BackupId } from '../kernel/ids.ts'
import type { WrittenBackup } from './create-backup.ts'

/** More than a year of hourly backups. */
const MOST_RECORDS = 10_000
const LONGEST_CAUSE = 300
/** Difference between the clocks of servers. A later record is of a clock that was wrong. */
const SKEW_MS = 10 * 60_000

type Db = Database['db']

export interface BackupRecord {
  madeBy: 'schedule' | 'command'
  /** Host name. */
  server: string
  startedAt: Date
}

export interface CompleteBackup extends BackupRecord {
  endedAt: Date
  path: string
  sizeBytes: number
}

export interface FailedBackup extends BackupRecord {
  code: ErrorCode
  cause: string | undefined
}

export interface RecordedBackups {
  /** The latest complete one, by schedule or command. */
  complete: CompleteBackup | undefined
  /** The latest start by the schedule, successful or not. */
  lastStart: Date | undefined
  /** The latest complete one by the schedule. */
  scheduledAt: Date | undefined
  /** A backup by the schedule that failed after the last complete one. */
  failure: FailedBackup | undefined
  /** A backup by the schedule without an end: it runs, or its process was killed. */
  unfinished: (BackupRecord & { id: BackupId }) | undefined
}

/** Reads the latest backups of each kind in one query. Records of the future don't count: they would hide the present. */
export async function readBackups(db: Db, now: Date): Promise<RecordedBackups> {
  const rows = await db
    .selectFrom('backups')
    .selectAll()
    .where('started_at', '<=', new Date(now.getTime() + SKEW_MS))
    .distinctOn(['made_by', sql`path IS NULL`, sql`ended_at IS NULL`])
    .orderBy('made_by')
    .orderBy(sql`path IS NULL`)
    .orderBy(sql`ended_at IS NULL`)
    .orderBy('started_at', 'desc')
    .execute()
  const latestFirst = rows.toSorted((a, b) => b.started_at.getTime() - a.started_at.getTime())
  const scheduled = latestFirst.filter(({ made_by }) => made_by === 'schedule')
  const complete = latestFirst.find(({ path }) => path !== null)
  const failed = scheduled.find(({ code }) => code !== null)
  const unfinished = scheduled.find(({ ended_at }) => ended_at === null)
  return {
    complete: complete && {
      ...recordOf(complete),
      endedAt: complete.ended_at!,
      path: complete.path!,
      sizeBytes: complete.size_bytes!,
    },
    lastStart: scheduled[0]?.started_at,
    scheduledAt: scheduled.find(({ path }) => path !== null)?.started_at,
    failure:
      failed && !(complete && complete.started_at > failed.started_at)
        ? { ...recordOf(failed), code: knownCode(failed.code), cause: failed.cause ?? undefined }
        : undefined,
    unfinished: unfinished && { ...recordOf(unfinished), id: unfinished.id },
  }
}

function recordOf(row: { made_by: 'schedule' | 'command'; server: string; started_at: Date }): BackupRecord {
  return { madeBy: row.made_by, server: row.server, startedAt: row.started_at }
}

/** Time from which Postkey has kept records of backups in this database. */
export async function readRecordsSince(db: Db): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`SELECT min(applied_at) AS at FROM migrations`.execute(db)
  return rows[0]!.at
}

export async function recordStart(db: Db, id: BackupId, startedAt: Date): Promise<void> {
  await db
    .insertInto('backups')
    .values({ ...emptyRow('schedule'), id, started_at: startedAt })
    .execute()
}

/** Records a complete backup, and forgets the oldest records. */
export async function recordComplete(
  db: Db,
  { id, madeBy, startedAt, endedAt }: { id: BackupId; madeBy: 'schedule' | 'command'; startedAt: Date; endedAt: Date },
  { path, sizeBytes }: Pick<WrittenBackup, 'path' | 'sizeBytes'>,
): Promise<void> {
  const end = { ended_at: endedAt, path, size_bytes: sizeBytes }
  await db
    .insertInto('backups')
    .values({ ...emptyRow(madeBy), id, started_at: startedAt, ...end })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ ...end, code: null, cause: null }))
    .execute()
  await db
    .deleteFrom('backups')
    .where('id', 'in', (eb) =>
      eb.selectFrom('backups').select('id').orderBy('started_at', 'desc').orderBy('id').offset(MOST_RECORDS),
    )
    .execute()
}

/** Records a failed backup. Only the latest failure is kept. */
export async function recordFailure(
  db: Db,
  { id, startedAt, endedAt }: { id: BackupId; startedAt: Date; endedAt: Date },
  error: unknown,
): Promise<void> {
  const { code, cause } = AppError.from(error)
  const end = { ended_at: endedAt, code, cause: cause instanceof Error ? cause.message.slice(0, LONGEST_CAUSE) : null }
  await db
    .insertInto('backups')
    .values({ ...emptyRow('schedule'), id, started_at: startedAt, ...end })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(end))
    .execute()
  await db.deleteFrom('backups').where('code', 'is not', null).where('id', '!=', id).execute()
}

/** Complete backups by the schedule since then, not of the future, whose files were not deleted, latest first. */
export async function listFiles(
  db: Db,
  { since = new Date(0), now }: { since: Date | undefined; now: Date },
): Promise<{ id: BackupId; path: string; sizeBytes: number; startedAt: Date }[]> {
  const rows = await db
    .selectFrom('backups')
    .select(['id', 'path', 'size_bytes', 'started_at'])
    .where('made_by', '=', 'schedule')
    .where('path', 'is not', null)
    .where('deleted_at', 'is', null)
    .where('started_at', '>=', since)
    .where('started_at', '<=', new Date(now.getTime() + SKEW_MS))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({ id: row.id, path: row.path!, sizeBytes: row.size_bytes!, startedAt: row.started_at }))
}

export async function recordDeletion(db: Db, id: BackupId, at: Date): Promise<void> {
  await db.updateTable('backups').set({ deleted_at: at }).where('id', '=', id).execute()
}

function emptyRow(madeBy: 'schedule' | 'command') {
  return {
    ...{ id: newId<BackupId>(), made_by: madeBy, server: hostname(), ended_at: null, code: null, cause: null },
    ...{ path: null, size_bytes: null, deleted_at: null },
  }
}
