/**
 * Keeps one PostgreSQL for one test run and ends it with the run, however the run ends. The first test that needs a
 * database starts it. It is a separate process, because workers come and go during a run.
 *
 * Usage: node cluster-keeper.ts FOLDER PID-OF-THE-RUN
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'
import { startEmbeddedPostgres } from '../../src/database/index.ts'
import { readStartTime } from './processes.ts'

const [folder, pid] = [process.argv[2]!, Number(process.argv[3])]
const start = readStartTime(pid)

// Ctrl-C ends the run, and the end of the run ends this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

try {
  const postgres = await startEmbeddedPostgres({ dataFolder: folder, durable: false })
  publish('url', postgres.url)
  while (readStartTime(pid) === start) await pause(100)
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
} catch (error) {
  publish('failure', inspect(error))
  while (readStartTime(pid) === start) await pause(100)
  rmSync(folder, { recursive: true, force: true })
}

/** Writes a file atomically. */
function publish(name: string, text: string): void {
  writeFileSync(join(folder, `${name}.new`), text, { mode: 0o600 })
  renameSync(join(folder, `${name}.new`), join(folder, name))
}
