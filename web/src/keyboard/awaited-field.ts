/** Longest wait for a field, so that a field that never opens does not disable the commands. */
const LONGEST_MS = 10_000

let since: number | undefined

/** A field is about to open and take the focus: letters typed until then are meant for it, and are no commands. */
export function awaitField(): void {
  since = performance.now()
}

/** The field has the focus, or will not open. */
export function endAwaiting(): void {
  since = undefined
}

export function isFieldAwaited(): boolean {
  return since !== undefined && performance.now() - since < LONGEST_MS
}
