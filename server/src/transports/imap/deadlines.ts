/** Time limits. Tests may lower them. */
export interface Deadlines {
  /** From name resolution until the mailbox is open. */
  openMs: number
  /** Maximum time without a byte during a command. */
  silenceMs: number
  /** Period in which a command must receive `progressBytes`. A command that ends within the first period needs none. */
  progressMs: number
  progressBytes: number
  /** Maximum duration of a command, whatever its progress. */
  commandMs: number
  /** Time for the server to start IDLE, which requires no lookup. */
  idleBeginsMs: number
}

export const DEADLINES: Deadlines = {
  // A hanging connection is reported within a minute.
  openMs: 50_000,
  silenceMs: 50_000,
  progressMs: 50_000,
  progressBytes: 16 * 1024,
  commandMs: 6 * 60_000,
  // Leaves time, within that minute, for the next run to find the reason.
  idleBeginsMs: 5000,
}

/**
 * Watches the progress of a command by the monotonic clock, and calls `late` when it exceeds a limit.
 *
 * @param receivedBytes  bytes that the connection has received so far
 * @returns a function that ends the watch
 */
export function watchProgress(receivedBytes: () => number, limits: Deadlines, late: () => void): () => void {
  const beganAt = performance.now()
  let soundAt = beganAt
  let markAt = beganAt
  let heard = receivedBytes()
  let marked = heard
  const look = () => {
    const now = performance.now()
    const received = receivedBytes()
    if (received !== heard) soundAt = now
    heard = received
    if (now - soundAt > limits.silenceMs || now - beganAt > limits.commandMs) {
      late()
      return
    }
    if (now - markAt < limits.progressMs) return
    if (received - marked < limits.progressBytes) {
      late()
      return
    }
    markAt = now
    marked = received
  }
  const timer = setInterval(look, Math.min(2000, limits.silenceMs / 4, limits.progressMs / 4, limits.commandMs / 4))
  timer.unref()
  return () => clearInterval(timer)
}
