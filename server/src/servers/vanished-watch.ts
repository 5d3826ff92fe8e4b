import type { Kysely, Selectable } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { Installation } from '../incidents/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import type { ServerId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { describeEffect, type EffectCounts, formatTime } from './effect.ts'
import { TEXTS } from './texts.ts'

/**
 * A heartbeat that stays unchanged for this long, by the observing server's monotonic clock. Comparing timestamps would
 * report every server as vanished when the business clock is moved.
 */
const VANISHED_AFTER_MS = 60_000
/** Three heartbeats. Containers with the same host name and process id can run at the same time. */
const GONE_AFTER_MS = 15_000

type Row = Selectable<Schema['servers']>

/** Records a closed incident for each server that ended without stopping: killed, lost power, lost its host. */
export function createVanishedWatch(deps: {
  db: Kysely<Schema>
  counts: EffectCounts
  clock: Clock
  monotonic: () => number
  installation: Pick<Installation, 'record'>
  log: Log
  self: { id: ServerId; name: string; pid: number }
  isRunning: (pid: number) => boolean
}) {
  const { db, counts, clock, monotonic, installation, log, self, isRunning } = deps
  const seen = new Map<ServerId, { lastSeenAt: number; since: number }>()

  async function look(): Promise<void> {
    const rows = await db
      .selectFrom('servers')
      .selectAll()
      .where('stopped_at', 'is', null)
      .where('vanished_at', 'is', null)
      .execute()
    for (const id of seen.keys()) if (!rows.some((row) => row.id === id)) seen.delete(id)
    for (const row of rows) {
      if (row.id === self.id) continue
      if (stillSince(row) >= (isGoneHere(row) ? GONE_AFTER_MS : VANISHED_AFTER_MS)) await report(row, rows)
    }
  }

  /**
   * Returns true when a server's process on this host has probably ended. In a container the next process often gets
   * the same id.
   */
  function isGoneHere({ name, pid }: Row): boolean {
    return name === self.name && (pid === self.pid || !isRunning(pid))
  }

  /** Returns the milliseconds since this server first saw the current heartbeat. */
  function stillSince({ id, last_seen_at: lastSeenAt }: Row): number {
    const before = seen.get(id)
    if (before?.lastSeenAt === lastSeenAt.getTime()) return monotonic() - before.since
    seen.set(id, { lastSeenAt: lastSeenAt.getTime(), since: monotonic() })
    return 0
  }

  async function report(row: Row, rows: readonly Row[]): Promise<void> {
    const endedAt = endOf(row, rows)
    const since = row.last_seen_at < endedAt ? row.last_seen_at : endedAt
    const others = rows.filter(
      ({ id, started_at, last_seen_at }) => id !== row.id && started_at <= since && last_seen_at > since,
    )
    const effect =
      others.length > 0
        ? fillText(TEXTS.continued, { servers: [...new Set(others.map(({ name }) => name))].join(', ') })
        : await describeEffect(counts, since, endedAt)
    // Recorded first: a repeated record becomes one incident, but a mark without a record would lose the incident.
    await installation.record({
      code: new AppError('installation.server_vanished').code,
      server: row.name,
      since,
      endedAt,
      detail: fillText(TEXTS.vanished, {
        pid: String(row.pid),
        version: row.version,
        at: formatTime(row.last_seen_at),
        effect,
      }),
    })
    await db
      .updateTable('servers')
      .set({ vanished_at: endedAt })
      .where('id', '=', row.id)
      .where('last_seen_at', '=', row.last_seen_at)
      .execute()
    seen.delete(row.id)
    log.warn({ server: row.name, lastSeenAt: row.last_seen_at }, 'A server ended without stopping')
  }

  /** Returns the time of its restart on the same host, or now. */
  function endOf(row: Row, rows: readonly Row[]): Date {
    const restarts = rows
      .filter(({ name, started_at }) => name === row.name && started_at > row.last_seen_at)
      .map(({ started_at }) => started_at.getTime())
    return restarts.length > 0 ? new Date(Math.min(...restarts)) : clock.now()
  }

  return { look }
}
