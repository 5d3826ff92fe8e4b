/**
 * Shutdown of a process on request: everything it started ends with it, within a time limit. A supervisor kills after
 * ten seconds, and then nothing is released.
 */
import { AppError } from '../kernel/errors.ts'
import { describeFailure } from './failure.ts'
import { reportFatal } from './fatal.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const LIMIT_MS = 8_500
/**
 * Period in milliseconds in which a second signal counts as the same request; a later signal kills at once. npm
 * forwards Ctrl-C, although the terminal has sent it to every process. A user is slower.
 */
const SAME_REQUEST_MS = 500

export interface ProcessEnd {
  /** Aborted as soon as the process is to end: a start in progress stops waiting. */
  readonly signal: AbortSignal
  /**
   * Registers a part. Parts are closed in reverse order. `kill` ends a part without waiting after the time limit, which
   * `drainMs` extends.
   */
  add(part: { name: string; close: () => Promise<unknown>; kill?: () => void; drainMs?: number }): void
  /** Ends the process once, with the first requested code, or with that of a failure when a part did not close. */
  end(code: number): Promise<never>
  /** Log file for fatal errors; standard output when absent. */
  logFile: string | undefined
}

/**
 * Handles signals from now on. Must be called first, because process 1 is not ended by a signal that it does not
 * handle.
 *
 * @param failed  exit code of an end that does not succeed
 */
export function createProcessEnd(failed = 1): ProcessEnd {
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
      if (ended && now - askedAt > SAME_REQUEST_MS) killAll(failed)
      if (!ended) askedAt = now
      void processEnd.end(0)
    })
  }
  return processEnd

  async function closeAll(code: number): Promise<never> {
    ending.abort()
    const limitMs = LIMIT_MS + parts.reduce((sum, { drainMs = 0 }) => sum + drainMs, 0)
    setTimeout(() => {
      const cause = new Error(`${current ?? 'the start'} did not end within ${limitMs} ms`)
      reportFatal(new AppError('kernel.end_overdue', { cause }), { logFile: processEnd.logFile, exitCode: failed })
      killAll(failed)
    }, limitMs)
    for (let part = parts.at(-1); part; part = parts.at(-1)) {
      current = part.name
      try {
        await part.close()
      } catch (error) {
        code ||= failed
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
        // The process has ended.
      }
    }
    process.exit(code)
  }
}
