/**
 * Servers, and what stands in front of them, say back what they did not understand: the line with the password, or what
 * stood on it in base64. What they say is shown to admins, stored and logged.
 */
const LEFT_OUT = '[left out]'
/** A part of so many characters is told from chance. */
const PART = 8

/** The text without `proofs` and without parts of them, in whatever way they were written to the server. */
export function withoutProofs(text: string, proofs: readonly string[]): string {
  const parts = new Set(proofs.flatMap(partsOf))
  const isSaid = new Uint8Array(text.length)
  for (const proof of proofs) {
    if (proof === '') continue
    for (let at = text.indexOf(proof); at >= 0; at = text.indexOf(proof, at + 1)) isSaid.fill(1, at, at + proof.length)
  }
  for (let at = 0; at + PART <= text.length; at++) {
    if (parts.has(text.slice(at, at + PART))) isSaid.fill(1, at, at + PART)
  }
  let kept = ''
  for (let at = 0; at < text.length; at++) {
    if (isSaid[at] === 0) kept += text.charAt(at)
    else if (at === 0 || isSaid[at - 1] === 0) kept += LEFT_OUT
  }
  return kept
}

function partsOf(proof: string): string[] {
  return Array.from({ length: Math.max(0, proof.length - PART + 1) }, (_, at) => proof.slice(at, at + PART))
}

/** The same for an error of a library, with what hangs on it: its message is logged, its answer is shown. */
export function forgetProofs(thrown: unknown, proofs: readonly string[]): void {
  if (!(thrown instanceof Error)) return
  const error = thrown as Error & Record<string, unknown>
  for (const name of ['message', 'stack', 'response', 'responseText', 'serverResponseCode']) {
    if (typeof error[name] === 'string') error[name] = withoutProofs(error[name], proofs)
  }
}
