import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'
import { readStartTime } from './processes.ts'

const LIMIT_MS = 60_000
const NODE_24 = join(import.meta.dirname, '../../../scripts/node-24.js')

/**
 * Returns the URL of a PostgreSQL for this test run: `POSTKEY_TEST_DATABASE_URL`, or the embedded one, started on
 * demand.
 */
export async function clusterUrl(): Promise<string> {
  return process.env.POSTKEY_TEST_DATABASE_URL || (await embeddedCluster()).url
}

/** PostgreSQL that all tests of this run share, with the folder of its log and password. Started on demand. */
export async function embeddedCluster(): Promise<{ url: string; folder: string }> {
  const run = runPid()
  const folder = join(tmpdir(), `postkey-test-${run}-${readStartTime(run) ?? ''}`)
  if (isFirst(folder)) startKeeper(folder, run)
  for (let waitedMs = 0; waitedMs < LIMIT_MS; waitedMs += 20) {
    if (existsSync(join(folder, 'url'))) return { url: readFileSync(join(folder, 'url'), 'utf8'), folder }
    if (existsSync(join(folder, 'failure'))) throw new Error(readFileSync(join(folder, 'failure'), 'utf8'))
    await pause(20)
  }
  throw new Error(`No database for the tests after ${LIMIT_MS / 1000} seconds; see postgres.log in ${folder}`)
}

/** Returns the process id of the run. Workers are its children, or threads in it. */
function runPid(): number {
  return isMainThread ? process.ppid : process.pid
}

/** Returns true in exactly one process: creating a folder succeeds only once. */
function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder)
    chmodSync(folder, 0o711)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function startKeeper(folder: string, run: number): void {
  const keeper = join(import.meta.dirname, 'cluster-keeper.ts')
  spawn(process.execPath, ['--import', NODE_24, keeper, folder, String(run)], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env.PATH ?? '', TMPDIR: tmpdir() },
  }).unref()
}
