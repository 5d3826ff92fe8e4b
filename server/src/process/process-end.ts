/**
 * The end of a process on request: whatever it started ends with it, within a time limit. A supervisor kills after ten
 * seconds, and then nothing is given back.
 */
import { AppError } from '../kernel/errors.ts'
import { describeFailure } from './failure.ts'
import { reportFatal } from './fatal.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const LIMIT_MS = 8_500
/** npm passes Ctrl-C on, although the terminal has sent it to every process. A person is not that fast. */
const SAME_REQUEST_MS = 500

export interface ProcessEnd {
  /** Aborted as soon as the process is to end: a start in progress stops waiting. */
  readonly signal: AbortSignal
  /** Closed in the opposite order. `kill` ends it without waiting, when the time is up. */
  add(part: { name: string; close: () => Promise<unknown>; kill?: () => void }): void
  /** Ends the process, once, with the first code that was asked for; with 1 when something did not close. */
  end(code: number): Promise<never>
  /** The log file for last words; standard output when absent. */
  logFile: string | undefined
}

/** Handles the signals from now on. To be called first of all: process 1 is not ended by a signal it does not handle. */
export function createProcessEnd(): ProcessEnd {
  const parts: Parameters<ProcessEnd['add']>[0][] = []
  const ending = new AbortController()
  let ended: Promise<never> | undefined
  let current: string | undefined
  let askedAt = 0

  const processEnd: ProcessEnd = {
    signal: ending.signal,
    logFile: undefined,
    add(part) {
      parts.push(part)
    },
    end: (code) => (ended ??= closeAll(code)),
  }
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const now = performance.now()
      if (ended && now - askedAt > SAME_REQUEST_MS) killAll(1)
      if (!ended) askedAt = now
      void processEnd.end(0)
    })
  }
  return processEnd

  async function closeAll(code: number): Promise<never> {
    ending.abort()
    setTimeout(() => {
      const cause = new Error(`${current ?? 'the start'} did not end within ${LIMIT_MS} ms`)
      reportFatal(new AppError('kernel.end_overdue', { cause }), processEnd.logFile)
      killAll(1)
    }, LIMIT_MS)
    for (let part = parts.at(-1); part; part = parts.at(-1)) {
      current = part.name
      try {
        await part.close()
      } catch (error) {
        code ||= 1
        process.stderr.write(`${describeFailure(error)}\n`)
      }
      parts.splice(parts.indexOf(part), 1)
    }
    process.exit(code)
  }

  function killAll(code: number): never {
    for (const { kill } of parts.toReversed()) {
      try {
        kill?.()
      } catch {
        // It has ended.
      }
    }
    process.exit(code)
  }
}
