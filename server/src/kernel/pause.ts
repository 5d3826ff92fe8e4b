import type { Clock } from './clock.ts'

/** How often the clock is looked at. It may have been moved, so a timer over the whole pause would sleep too long. */
const LOOK_EVERY_MS = 200

/**
 * Waits so long by the clock: less when it is moved on meanwhile, and never longer than that in real time. Rejects with
 * the reason of `signal`. With `ref: false` it keeps no process alive.
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
