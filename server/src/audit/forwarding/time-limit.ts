/**
 * Waits for work until the signal is aborted. The work may go on, because a file operation on a hanging disk can't be
 * canceled.
 */
export async function withinLimit<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const giveUp = () => reject(new Error('no answer in time'))
  signal.addEventListener('abort', giveUp)
  // The losing promise must not end the process.
  work.catch(() => undefined)
  promise.catch(() => undefined)
  if (signal.aborted) giveUp()
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** Error code of the system, or the text of an error without one. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error ? String(error.code) : error.message
}
