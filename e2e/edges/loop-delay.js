/**
 * Loaded into a server under test: writes its event-loop delay to EDGES_LOOP_DELAY every half second. A sample that is
 * late is itself a delay, so a server that stands still is seen by what is missing.
 */
import { openSync, writeSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

const EVERY_MS = 500
const SERVERS = ['server/src/main.ts', 'scripts/start.ts']

if (
  isMainThread &&
  process.env.EDGES_LOOP_DELAY &&
  SERVERS.some((script) => (process.argv[1] ?? '').endsWith(script))
) {
  // Opened once: the server may be out of file handles later.
  const file = openSync(process.env.EDGES_LOOP_DELAY, 'a')
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  setInterval(() => {
    writeSync(file, `${JSON.stringify({ pid: process.pid, at: Date.now(), maxMs: Math.round(delay.max / 1e6) })}\n`)
    delay.reset()
  }, EVERY_MS).unref()
}
