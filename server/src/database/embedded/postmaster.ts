import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const POLL_MS = 20
const FAST_STOP_MS = 30_000
const IMMEDIATE_STOP_MS = 10_000
const ORPHANS_LIMIT_MS = 10_000

/** What `postmaster.pid` in the data tells of the PostgreSQL that runs there. */
export interface Postmaster {
  pid: number
  socketFolder: string
  status: string
}

/**
 * The PostgreSQL that runs on `data`, also one that we did not start: after a crash of ours it is still there.
 *
 * The file outlives PostgreSQL, and after a restart of the machine its number may be that of any program. PostgreSQL
 * works inside of its data, which tells it from others.
 */
export function findPostmaster(data: string): Postmaster | undefined {
  const lines = readLines(join(data, 'postmaster.pid'))
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid < 2 || !worksIn(pid, data)) return undefined
  // Line 5 is the first folder with a socket, line 8 one of `starting`, `ready`, `standby`, `stopping` (PostgreSQL,
  // pidfile.h).
  return { pid, socketFolder: lines[4] ?? '', status: lines[7]?.trim() ?? '' }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

function worksIn(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder)
  } catch {
    return false
  }
}

/**
 * Takes away a `postmaster.pid` that was left by a PostgreSQL which is gone, where PostgreSQL itself would not dare: when
 * its number belongs to another program by now, as in a container that was started again, or to a dead process that
 * nobody buried. The processes of a killed PostgreSQL live on for a moment; while one of them works in the data, nothing
 * is taken away.
 */
export async function clearLeftLock(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file) || findPostmaster(data)) return
  for (let waitedMs = 0; waitedMs < ORPHANS_LIMIT_MS; waitedMs += POLL_MS) {
    if (!readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && worksIn(Number(entry), data))) {
      rmSync(file)
      return
    }
    await pause(POLL_MS)
  }
}

/** Waits until PostgreSQL on `data` takes connections. `undefined`: it is gone, or `givenUp` says so. */
export async function untilReady(data: string, givenUp: () => boolean): Promise<Postmaster | undefined> {
  for (;;) {
    const postmaster = findPostmaster(data)
    if (postmaster?.status === 'ready') return postmaster
    if (givenUp()) return undefined
    await pause(POLL_MS)
  }
}

/**
 * Ends PostgreSQL and waits for it: connections are cut, what was committed is on the disk ("fast"). When that takes
 * too long it ends at once ("immediate"), and the next start repeats what is in its log.
 */
export async function stopPostmaster(data: string): Promise<void> {
  const running = findPostmaster(data)
  if (!running) return
  for (const [signal, limitMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
  ] as const) {
    try {
      process.kill(running.pid, signal)
    } catch {
      return // It ended in between.
    }
    for (let waitedMs = 0; waitedMs < limitMs; waitedMs += POLL_MS) {
      if (!worksIn(running.pid, data)) return
      await pause(POLL_MS)
    }
  }
}
