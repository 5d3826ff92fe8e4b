/** Thrown when a time limit is exceeded. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
}

/** A time limit that can be restarted. Uses the monotonic clock. */
export interface Limit {
  /** Rejects with {@link TooLate} at the end of the limit. */
  readonly isOver: Promise<never>
  restart(ms: number): void
  stop(): void
}

export function createLimit(ms: number): Limit {
  let end: (error: TooLate) => void = () => undefined
  const isOver = new Promise<never>((_resolve, reject) => (end = reject))
  isOver.catch(() => undefined)
  const begin = (limitMs: number) => setTimeout(() => end(new TooLate(`nothing within ${limitMs} ms`)), limitMs)
  let timer = begin(ms)
  return {
    isOver,
    restart(limitMs) {
      clearTimeout(timer)
      timer = begin(limitMs)
    },
    stop: () => clearTimeout(timer),
  }
}
