import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../../kernel/errors.ts'
import { acceptsConnections } from './socket-probe.ts'

const POLL_MS = 20
const FAST_STOP_MS = 30_000
const IMMEDIATE_STOP_MS = 10_000
const ORPHANS_LIMIT_MS = 10_000

/** Contents of `postmaster.pid`, which describes the PostgreSQL that runs on the data. */
export interface Postmaster {
  pid: number
  socketFolder: string
  status: string
}

/**
 * Returns the PostgreSQL that runs on `data`, including one left running after a crash of ours.
 *
 * The file outlives PostgreSQL, and after a reboot its process id may belong to any program. The working folder
 * identifies PostgreSQL, because it works inside its data.
 */
export function findPostmaster(data: string): Postmaster | undefined {
  const found = readPidFile(data)
  return found && found.pid >= 2 && worksIn(found.pid, data) ? found : undefined
}

/**
 * Returns the PostgreSQL that runs on `data` and listens in `socketFolder`, once it is ready, even if another container
 * runs it. `undefined` when none listens.
 */
export async function untilReadyAnywhere(data: string, socketFolder: string): Promise<Postmaster | undefined> {
  while (await acceptsConnections(socketFolder)) {
    const found = readPidFile(data)
    if (found?.status === 'ready') return { ...found, socketFolder }
    await pause(POLL_MS)
  }
  return undefined
}

function readPidFile(data: string): Postmaster | undefined {
  const lines = readLines(join(data, 'postmaster.pid'))
  const pid = Number(lines[0])
  // Line 5 is the first folder with a socket. Line 8 is one of `starting`, `ready`, `standby`, `stopping` (PostgreSQL,
  // pidfile.h).
  return Number.isInteger(pid) ? { pid, socketFolder: lines[4] ?? '', status: lines[7]?.trim() ?? '' } : undefined
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch (error) {
    // ESRCH: the process ended after its file was opened.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return []
    throw error
  }
}

/**
 * Returns true when process `pid` works in `folder`. An error counts as false only when the process or folder is
 * absent. Out of file handles, the result is unknown and the error is thrown.
 */
function worksIn(pid: number, folder: string): boolean {
  return isKnownToWorkIn(pid, folder) ?? isPostgresOf(pid, folder)
}

/** Like `worksIn`; `undefined` when the working folder of the process can't be read. */
function isKnownToWorkIn(pid: number, folder: string): boolean | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ESRCH') return false
    // Process of another user. Root in a container may be refused too: it lacks CAP_SYS_PTRACE.
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

/** Returns true when an error means that this process or machine is out of file handles, memory or processes. */
export function isExhausted(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (EXHAUSTED.includes(String(codeOf(each)))) return true
  }
  return false
}

/** Returns the result of `ask`, or `otherwise` while the system is out of file handles. */
function unlessExhausted<T>(ask: () => T, otherwise: T): T {
  try {
    return ask()
  } catch (error) {
    if (isExhausted(error)) return otherwise
    throw error
  }
}

/**
 * Removes a stale `postmaster.pid` in cases where PostgreSQL itself would refuse. Its process id may belong to another
 * program by now, as in a restarted container, or to a zombie process. Processes of a killed PostgreSQL live on for a
 * moment: while one of them works in the data, nothing is removed.
 *
 * @throws {AppError} `database.folder_in_use` when the PostgreSQL of another container listens in `socketFolder`
 */
export async function clearLeftLock(data: string, socketFolder: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  if (findPostmaster(data)) return
  for (let waitedMs = 0; existsSync(file) && waitedMs < ORPHANS_LIMIT_MS; waitedMs += POLL_MS) {
    if (!readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && worksIn(Number(entry), data))) {
      await refuseSecond(data, socketFolder)
      rmSync(file, { force: true })
      return
    }
    await pause(POLL_MS)
  }
  await refuseSecond(data, socketFolder)
}

async function refuseSecond(data: string, socketFolder: string): Promise<void> {
  if (!(await acceptsConnections(socketFolder))) return
  throw new AppError('database.folder_in_use', {
    cause: new Error(`A PostgreSQL that runs on ${data} accepts connections`),
  })
}

/**
 * Waits until PostgreSQL on `data` accepts connections. Returns `undefined` when it is gone or `givenUp` returns true.
 */
export async function untilReady(data: string, givenUp: () => boolean): Promise<Postmaster | undefined> {
  for (;;) {
    const postmaster = unlessExhausted(() => findPostmaster(data), undefined)
    if (postmaster?.status === 'ready') return postmaster
    if (unlessExhausted(givenUp, false)) return undefined
    await pause(POLL_MS)
  }
}

/**
 * Stops PostgreSQL and waits for its end ("fast": connections are cut, committed data is on disk). When that takes too
 * long, stops it at once ("immediate"), and the next start replays its log.
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
      return // PostgreSQL ended in between.
    }
    for (let waitedMs = 0; waitedMs < limitMs; waitedMs += POLL_MS) {
      if (!unlessExhausted(() => worksIn(running.pid, data), true)) return
      await pause(POLL_MS)
    }
  }
}

/** Kills every process of PostgreSQL on `data` without waiting. Committed data is kept; the next start recovers it. */
export function killPostgres(data: string): void {
  const running = findPostmaster(data)
  if (!running) return
  // Without checking the folder, another PostgreSQL of the same user looks the same. All processes are found before the
  // first is killed, because children of a dead process get another parent.
  const found = readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && (isKnownToWorkIn(pid, data) ?? isOfPostmaster(pid, running.pid)))
  for (const pid of found) process.kill(pid, 'SIGKILL')
}

/** Returns true when `pid` is the postmaster or one of its children. */
function isOfPostmaster(pid: number, postmaster: number): boolean {
  return pid === postmaster || readLines(`/proc/${pid}/status`).includes(`PPid:\t${postmaster}`)
}

/**
 * Returns the data folder that `postmaster.pid` names, if it is another one: `data` was copied, or moved, without a
 * stop of its PostgreSQL. A stop removes the file.
 */
export function findOriginal(data: string): string | undefined {
  const [, original = ''] = readLines(join(data, 'postmaster.pid'))
  return original === '' || isSameFolder(original, data) ? undefined : original
}

/**
 * Returns the data folder of a running PostgreSQL of which `data` is a copy. The copied `postmaster.pid` names the
 * original.
 */
export function findRunningOriginal(data: string): string | undefined {
  const [pid = '', original = ''] = readLines(join(data, 'postmaster.pid'))
  if (original === '' || isSameFolder(original, data)) return undefined
  return existsSync(original) && findPostmaster(original)?.pid === Number(pid) ? original : undefined
}

function isSameFolder(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }))
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino
}
