import { hostname } from 'node:os'
import { withAnswerLimit, type Database } from '../database/index.ts'
import type { Installation } from '../incidents/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId, type ServerId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import type { EffectCounts } from './effect.ts'
import { createOutageWatch } from './outage-watch.ts'
import { createVanishedWatch } from './vanished-watch.ts'

const BEAT_MS = 5_000
/** Longer than a heartbeat and its answer take. */
const DEADLINE_MS = 60_000
const ANSWER_MS = 5_000
/** A server without a heartbeat for this long is shown as silent. */
const SILENT_AFTER_MS = 30_000
const KEEP_MS = 7 * 24 * 60 * 60_000
const GOODBYE_MS = 1_500

export interface ListedServer {
  id: ServerId
  name: string
  version: string
  pid: number
  startedAt: Date
  lastSeenAt: Date
  endedAt: Date | undefined
  state: 'running' | 'silent' | 'stopped' | 'vanished'
  /** True for the server that answers this request. */
  isThis: boolean
}

export interface Servers {
  start(): Promise<void>
  /** Records that this server stopped properly. */
  stop(): Promise<void>
  /** Returns servers, newest first, including those stopped in the last seven days. */
  list(): Promise<ListedServer[]>
  /** Sends one heartbeat, for tests. */
  beat(): Promise<void>
}

export interface ServersDeps {
  database: Database
  clock: Clock
  log: Log
  version: string
  installation: Pick<Installation, 'record'>
  counts: EffectCounts
  name?: string
  pid?: number
  /** Returns true when a process of this host runs. */
  isRunning?: (pid: number) => boolean
  /** Time limit of a heartbeat to PostgreSQL in milliseconds; default 5 seconds. */
  answerMs?: number
  /** Monotonic clock of this machine, in milliseconds. */
  monotonic?: () => number
}

export function createServers(deps: ServersDeps): Servers {
  const { database, clock, log, version, installation, counts } = deps
  const { name = hostname(), pid = process.pid, isRunning = isProcess, answerMs = ANSWER_MS } = deps
  const { monotonic = () => performance.now() } = deps
  const { db } = database
  const id = newId<ServerId>()
  const startedAt = clock.now()
  const outages = createOutageWatch({ counts, clock, monotonic, installation })
  const vanished = createVanishedWatch({
    db,
    counts,
    clock,
    monotonic,
    installation,
    log,
    self: { id, name, pid },
    isRunning,
  })
  const ticker = createTicker({
    name: 'servers.heartbeat',
    clock,
    everyMs: BEAT_MS,
    deadlineMs: DEADLINE_MS,
    run: beat,
    onError: (error) => log.warn({ err: error }, 'The heartbeat of this server could not be stored'),
  })

  async function beat(): Promise<void> {
    const beganAt = clock.now()
    try {
      await withAnswerLimit(answerMs, store)
    } catch (error) {
      outages.failed(beganAt)
      throw error
    }
    await outages.succeeded()
    await vanished.look()
    await forgetOld()
  }

  async function store(): Promise<void> {
    const now = clock.now()
    await db
      .insertInto('servers')
      .values({ id, name, version, pid, started_at: startedAt, last_seen_at: now })
      // Another server recorded this one as vanished while it was stalled.
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ last_seen_at: now, vanished_at: null }))
      .execute()
  }

  async function forgetOld(): Promise<void> {
    await db
      .deleteFrom('servers')
      .where('id', '!=', id)
      .where((eb) => eb.fn.coalesce('stopped_at', 'vanished_at'), '<', new Date(clock.now().getTime() - KEEP_MS))
      .execute()
  }

  async function list(): Promise<ListedServer[]> {
    const rows = await db
      .selectFrom('servers')
      .selectAll()
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .limit(100)
      .execute()
    const silentSince = clock.now().getTime() - SILENT_AFTER_MS
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      version: row.version,
      pid: row.pid,
      startedAt: row.started_at,
      lastSeenAt: row.last_seen_at,
      endedAt: row.stopped_at ?? row.vanished_at ?? undefined,
      state: row.stopped_at
        ? 'stopped'
        : row.vanished_at
          ? 'vanished'
          : row.last_seen_at.getTime() < silentSince
            ? 'silent'
            : 'running',
      isThis: row.id === id,
    }))
  }

  return {
    async start() {
      await store()
      ticker.start()
    },
    async stop() {
      await ticker.stop()
      const now = clock.now()
      const goodbye = () =>
        db.updateTable('servers').set({ stopped_at: now, last_seen_at: now }).where('id', '=', id).execute()
      // The end of the process must not wait for the database.
      const stored = withAnswerLimit(GOODBYE_MS, goodbye).catch((error: unknown) =>
        log.warn({ err: error }, 'The end of this server could not be stored; it will be reported as vanished'),
      )
      await Promise.race([stored, new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref())])
    },
    list,
    beat,
  }
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, as another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
