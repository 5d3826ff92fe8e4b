import { sql } from 'kysely'
import { fstatSync, readlinkSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Database, DISK_FULL } from '../database/index.ts'
import type { Installation } from '../incidents/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import { chooseLevel, sizeWords, calculateThresholds, type Level, type Space } from './levels.ts'
import { TEXTS } from './texts.ts'

const LOOK_EVERY_MS = 10_000
/** A stopped server reports no longer; its incident closes after this time. */
const REPORT_LASTS_MS = 10 * 60_000
/** Limit of one measurement. When a file system hangs (NFS), its last level is kept. */
const LONGEST_STAT_MS = 5000

export interface WatchedVolume {
  path: string
  /** Contents of the folder for display, such as "data folder". */
  content: string
}

export interface DiskSpaceDeps {
  database: Pick<Database, 'db' | 'transaction'>
  clock: Clock
  log: Log
  installation: Installation
  /** Name of this host, shown in incidents. */
  server: string
  folders: readonly WatchedVolume[]
  /** Interval between checks in milliseconds, for tests. */
  spaceOf?: (path: string) => Promise<Space>
}

export interface DiskSpace {
  /**
   * Throws when space is too low. Call it before accepting new data that takes space.
   *
   * @throws AppError `disk_space.low` while there is too little
   */
  require(): void
  start(): void
  stop(): Promise<void>
  /** Measures now, for tests. */
  look(): Promise<void>
}

/**
 * Watches the free space of folders and of PostgreSQL's disk. Opens an incident when it gets low, and refuses new
 * messages below a reserve.
 */
export function createDiskSpace(deps: DiskSpaceDeps): DiskSpace {
  const { database, clock, log, installation, server, folders, spaceOf = spaceOfFolder } = deps
  const states = new Map<string, { level: Level; detail: string; refusal: string }>()
  let databaseFullSince: Date | undefined
  let isDatabaseReported = false

  const ticker = createTicker({
    name: 'disk-space.look',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: 60_000,
    run: look,
    onError: (err) => log.warn({ err }, 'Disk space could not be checked or reported'),
  })

  async function look(): Promise<void> {
    for (const folder of folders) await measure(folder)
    await reportFolders()
    if (databaseFullSince) await lookAtDatabase(databaseFullSince)
  }

  async function measure({ path, content }: WatchedVolume): Promise<void> {
    const space = await spaceOf(path).catch((err: unknown) => {
      log.warn({ err, path }, 'Free disk space could not be read')
      return undefined
    })
    if (!space) return
    const before = states.get(path)?.level ?? 'enough'
    const level = chooseLevel(space, before)
    if (level === before && states.has(path)) return
    const { refuseBytes, acceptBytes } = calculateThresholds(space)
    const accept = sizeWords(acceptBytes)
    const measured = fillText(TEXTS.space, {
      free: sizeWords(space.freeBytes),
      total: sizeWords(space.totalBytes),
      path,
      content,
    })
    states.set(path, {
      level,
      detail:
        level === 'refusing'
          ? fillText(TEXTS.refusing, { space: measured, accept })
          : fillText(TEXTS.low, { space: measured, refuse: sizeWords(refuseBytes) }),
      refusal: fillText(TEXTS.refusal, { accept }),
    })
    if (level !== before) log.warn({ path, level, ...space }, 'The free disk space is at another level')
  }

  async function reportFolders(): Promise<void> {
    const low = [...states.values()].filter(({ level }) => level !== 'enough')
    const key = { code: new AppError('disk_space.low').code, server }
    if (low.length === 0) return installation.end(key)
    const expiresAt = new Date(clock.now().getTime() + REPORT_LASTS_MS)
    await installation.open({ ...key, detail: low.map(({ detail }) => detail).join(' '), expiresAt })
  }

  /** Checks PostgreSQL's disk. All processes share it, so there is one incident for all. */
  async function lookAtDatabase(since: Date): Promise<void> {
    const code = new AppError('database.disk_full').code
    const detail = TEXTS.databaseFull
    if (await probeSpace(database)) {
      if (isDatabaseReported) await installation.end({ code })
      else await installation.record({ code, detail, since, endedAt: clock.now() })
      databaseFullSince = undefined
      isDatabaseReported = false
      log.info('PostgreSQL can write again')
    } else {
      // While the disk is full this may fail too; the next check tries again.
      isDatabaseReported ||= await installation.open({ code, detail, since }).then(
        () => true,
        () => false,
      )
    }
  }

  function noteFullDatabase(): void {
    if (databaseFullSince) return
    databaseFullSince = clock.now()
    log.error('The disk of PostgreSQL is full; new messages are refused until it can write again')
  }
  return {
    look,
    require() {
      if (databaseFullSince) throw new AppError('disk_space.low', { detail: TEXTS.databaseRefusal })
      const refusing = [...states.values()].find(({ level }) => level === 'refusing')
      if (refusing) throw new AppError('disk_space.low', { detail: refusing.refusal })
    },
    start() {
      DISK_FULL.subscribe(noteFullDatabase)
      ticker.start()
    },
    async stop() {
      DISK_FULL.unsubscribe(noteFullDatabase)
      await ticker.stop()
    },
  }
}

async function spaceOfFolder(path: string): Promise<Space> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${path} did not answer in time`)), LONGEST_STAT_MS)
  })
  try {
    const { bavail, blocks, bsize } = await Promise.race([statfs(path), late])
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } finally {
    clearTimeout(timer)
  }
}

/** Returns the folder that standard output is written to, when it is a file with a known name (Linux). */
export function findLogFolder(fd = 1): WatchedVolume | undefined {
  try {
    if (!fstatSync(fd).isFile()) return undefined
    return { path: dirname(readlinkSync(`/proc/self/fd/${fd}`)), content: 'log' }
  } catch {
    return undefined
  }
}

/**
 * Reports whether PostgreSQL can allocate about 10 MB, by a temporary table that is dropped at once. Smaller writes can
 * succeed on a full disk, in pages that are allocated already.
 */
async function probeSpace(database: Pick<Database, 'transaction'>): Promise<boolean> {
  try {
    await database.transaction(async (tx) => {
      await sql`CREATE TEMP TABLE postkey_space_probe ON COMMIT DROP AS
        SELECT md5(n::text) || md5((n + 1)::text) AS filler FROM generate_series(1, 100000) AS n`.execute(tx)
    })
    return true
  } catch {
    return false
  }
}
