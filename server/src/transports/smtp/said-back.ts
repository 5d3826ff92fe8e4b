/**
 * Placeholder for removed credentials. Servers and proxies repeat commands they did not understand, including the one
 * with the password or its base64 form. Their responses are shown to admins, stored and logged.
 */
const LEFT_OUT = '[left out]'
/** Minimum length of a part that can't match by coincidence. */
const PART = 8

/** Removes credentials and parts of them from a text, in every form in which they were sent to the server. */
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

/**
 * Removes credentials from an error of a library, including the message that is logged and the response that is shown.
 */
export function forgetProofs(thrown: unknown, proofs: readonly string[]): void {
  if (!(thrown instanceof Error)) return
  const error = thrown as Error & Record<string, unknown>
  for (const name of ['message', 'stack', 'response', 'responseText', 'serverResponseCode']) {
    if (typeof error[name] === 'string') error[name] = withoutProofs(error[name], proofs)
  }
}
