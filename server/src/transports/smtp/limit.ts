/** Somebody was silent for too long. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
}

/** A time that may be begun anew, and rejects once it is over. By the clock of this machine, which never leaps. */
export interface Limit {
  /** Rejects with {@link TooLate}. */
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
