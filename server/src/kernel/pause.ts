import type { Clock } from './clock.ts'

/**
 * Interval between reads of the clock. The clock may be moved, so a timer over the whole pause could sleep too long.
 */
const LOOK_EVERY_MS = 200

/**
 * Waits for a duration by the clock. The wait is shorter when the clock is moved forward, and never longer in real
 * time. Rejects with the reason of `signal`. With `ref: false` it doesn't keep the process alive.
 */
export function pauseFor(
  ms: number,
  { clock, signal, ref = true }: { clock: Clock; signal?: AbortSignal; ref?: boolean },
): Promise<void> {
  const until = clock.now().getTime() + ms
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const breakOff = () => {
      clearTimeout(timer)
      reject(signal!.reason as Error)
    }
    if (signal?.aborted) {
      breakOff()
      return
    }
    signal?.addEventListener('abort', breakOff, { once: true })
    const look = (leftMs: number) => {
      if (leftMs <= 0 || clock.now().getTime() >= until) {
        signal?.removeEventListener('abort', breakOff)
        resolve()
        return
      }
      const stepMs = Math.min(leftMs, LOOK_EVERY_MS)
      timer = setTimeout(look, stepMs, leftMs - stepMs)
      if (!ref) timer.unref()
    }
    look(ms)
  })
}
