import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs'
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
  } catch (error) {
    // ESRCH: a process that ended since its file was opened.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return []
    throw error
  }
}

/**
 * Whether process `pid` works in `folder`. Only a process or folder that is absent is a no. Out of file handles, nothing
 * is known, and the error is thrown.
 */
function worksIn(pid: number, folder: string): boolean {
  return isKnownToWorkIn(pid, folder) ?? isPostgresOf(pid, folder)
}

/** As `worksIn`; `undefined` where the folder of the process cannot be read. */
function isKnownToWorkIn(pid: number, folder: string): boolean | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ESRCH') return false
    // Of another user. Root in a container may not look either: it lacks CAP_SYS_PTRACE.
    if (code === 'EACCES' || code === 'EPERM') return undefined
    throw error
  }
}

function isPostgresOf(pid: number, folder: string): boolean {
  const owner = statSync(folder, { throwIfNoEntry: false })?.uid
  const process = statSync(`/proc/${pid}`, { throwIfNoEntry: false })
  return process !== undefined && process.uid === owner && readLines(`/proc/${pid}/comm`)[0] === 'postgres'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

const EXHAUSTED = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']

/** Whether something failed because this process or machine is out of file handles, memory or processes. */
export function isExhausted(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (EXHAUSTED.includes(String(codeOf(each)))) return true
  }
  return false
}

/** As `ask`; `otherwise` while the system has no file handle left to find out. */
function unlessExhausted<T>(ask: () => T, otherwise: T): T {
  try {
    return ask()
  } catch (error) {
    if (isExhausted(error)) return otherwise
    throw error
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
    const postmaster = unlessExhausted(() => findPostmaster(data), undefined)
    if (postmaster?.status === 'ready') return postmaster
    if (unlessExhausted(givenUp, false)) return undefined
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
      if (!unlessExhausted(() => worksIn(running.pid, data), true)) return
      await pause(POLL_MS)
    }
  }
}

/** Kills every process of PostgreSQL on `data` without waiting. What was committed is kept; the next start recovers it. */
export function killPostgres(data: string): void {
  const running = findPostmaster(data)
  if (!running) return
  // Without proof of the folder, another PostgreSQL of the same user looks the same. Found before the first is killed,
  // because children of a dead process have another parent.
  const found = readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && (isKnownToWorkIn(pid, data) ?? isOfPostmaster(pid, running.pid)))
  for (const pid of found) process.kill(pid, 'SIGKILL')
}

/** Whether `pid` is the postmaster or one of its children. */
function isOfPostmaster(pid: number, postmaster: number): boolean {
  return pid === postmaster || readLines(`/proc/${pid}/status`).includes(`PPid:\t${postmaster}`)
}

/**
 * The data of a PostgreSQL that runs and of which `data` is a copy: its `postmaster.pid` was copied along and names the
 * original.
 */
export function runningOriginalOf(data: string): string | undefined {
  const [pid = '', original = ''] = readLines(join(data, 'postmaster.pid'))
  if (original === '' || isSameFolder(original, data)) return undefined
  return existsSync(original) && findPostmaster(original)?.pid === Number(pid) ? original : undefined
}

function isSameFolder(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }))
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino
}
