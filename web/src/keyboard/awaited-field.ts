/** Longest wait for a field, so that a field that never opens does not disable the commands. */
const LONGEST_MS = 10_000

let current: { since: number } | undefined

/**
 * A field is about to open and take the focus: letters typed until then are meant for it, and are no commands.
 *
 * @returns a function that ends this wait, unless another one has begun since
 */
export function awaitField(): () => void {
  const wait = { since: performance.now() }
  current = wait
  return () => {
    if (current === wait) current = undefined
  }
}

/** The field has the focus, or will not open. */
export function endAwaiting(): void {
  current = undefined
}

export function isFieldAwaited(): boolean {
  return current !== undefined && performance.now() - current.since < LONGEST_MS
}
