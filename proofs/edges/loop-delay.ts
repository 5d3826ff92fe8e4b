/** Reads the event-loop delays that `loop-delay.js` wrote. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const EVERY_MS = 500
/** Loading its modules keeps a server busy: its start ends with the first sample below this, or after the longest start. */
const CALM_MS = 200
const LONGEST_START_MS = 60_000

interface Sample {
  pid: number
  at: number
  maxMs: number
  /** Time since the previous sample in which the thread was ready but had no processor. */
  waitedMs: number
}

/** Environment of a server that records its delays. */
export function loopDelayEnvironment(folder: string): { NODE_OPTIONS: string; EDGES_LOOP_DELAY: string } {
  return {
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'loop-delay.js')}`,
    EDGES_LOOP_DELAY: fileIn(folder),
  }
}

/**
 * The longest event-loop delay between two times, in milliseconds, without the time in which a busy machine gave the server
 * no processor.
 *
 * @param runningPid  a server that still runs: its silence up to `to` counts
 */
export function longestDelay(folder: string, from: number, to: number, runningPid?: number): number {
  const file = fileIn(folder)
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  const samples = lines.map((line) => JSON.parse(line) as Sample)
  let longest = 0
  const last = new Map<number, number>()
  const first = new Map<number, number>()
  const started = new Set<number>()
  for (const { pid, at, maxMs, waitedMs } of samples) {
    const before = last.get(pid)
    last.set(pid, at)
    if (!first.has(pid)) first.set(pid, at)
    if (!started.has(pid)) {
      if (maxMs < CALM_MS || at - first.get(pid)! > LONGEST_START_MS) started.add(pid)
      continue
    }
    if (at < from || at > to) continue
    // Samples before the first one of this period tell how late that one is.
    const lateMs = before === undefined ? 0 : at - Math.max(before, from) - EVERY_MS
    longest = Math.max(longest, Math.max(maxMs, lateMs) - waitedMs)
  }
  const latest = runningPid === undefined ? undefined : last.get(runningPid)
  return Math.max(longest, latest === undefined ? 0 : to - latest - EVERY_MS)
}

function fileIn(folder: string): string {
  return join(folder, 'loop-delay.jsonl')
}
