/**
 * Loaded into a server under test: writes its event-loop delay to EDGES_LOOP_DELAY every half second. A sample that is
 * late is itself a delay, so a server that stands still is seen by what is missing. With each sample stands how long the
 * main thread was ready to run and another process had its processor (`/proc/self/schedstat`, second figure): a delay by a
 * busy machine is none of the server.
 */
import { openSync, readSync, writeSync } from 'node:fs'
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
  const scheduling = openSync('/proc/self/schedstat', 'r')
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  let waitedBeforeMs = waitedMs(scheduling)
  setInterval(() => {
    const waited = waitedMs(scheduling)
    const sample = {
      ...{ pid: process.pid, at: Date.now(), maxMs: Math.round(delay.max / 1e6) },
      waitedMs: Math.round(waited - waitedBeforeMs),
    }
    writeSync(file, `${JSON.stringify(sample)}\n`)
    waitedBeforeMs = waited
    delay.reset()
  }, EVERY_MS).unref()
}

/** Since the process began: how long its main thread waited for a processor. */
function waitedMs(scheduling) {
  const bytes = Buffer.alloc(200)
  const text = bytes.toString('latin1', 0, readSync(scheduling, bytes, 0, bytes.length, 0))
  return Number(text.split(' ')[1]) / 1e6
}
