/** Reason for a failed start with its fix, for the terminal. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

export interface StartStep<T> {
  /** Completes "… is taking long" and "… did not finish". */
  name: string
  limitMs: number
  /** Instruction to print when the limit is reached. */
  fix: string
  run: () => Promise<T>
  /** Aborts the start: no further step begins. */
  signal: AbortSignal
  print?: (line: string) => void
  /** Time in milliseconds after which a single warning is printed that the step takes long. */
  slowMs?: number
}

const SLOW_MS = 15_000

/**
 * Runs one step of the start within its time limit. A slow step prints a warning.
 *
 * @throws {StartError} when the limit is reached; the reason of `signal` when it is aborted
 */
export async function startStep<T>(step: StartStep<T>): Promise<T> {
  const { name, limitMs, fix, run, signal, print = console.error, slowMs = SLOW_MS } = step
  const overdue = Promise.withResolvers<never>()
  signal.throwIfAborted()
  const slow = setTimeout(() => print(`${name} is taking long; at most ${wordsOf(limitMs)}.`), slowMs)
  const late = setTimeout(() => {
    overdue.reject(new StartError(`${name} did not finish within ${wordsOf(limitMs)}. ${fix}`))
  }, limitMs)
  try {
    const result = await Promise.race([run(), overdue.promise])
    signal.throwIfAborted()
    return result
  } finally {
    clearTimeout(slow)
    clearTimeout(late)
  }
}

function wordsOf(ms: number): string {
  return ms >= 120_000 ? `${ms / 60_000} minutes` : `${ms / 1000} seconds`
}
