/** Maximum bytes of a header that are read. Trace fields stand before the others. */
const MOST_BYTES = 64 * 1024

/**
 * Returns the `Received` fields of a message (RFC 5321 §4.4), unfolded. Each delivery adds one with its time and queue
 * id, so they are equal only for versions of the same delivery.
 */
export function readTrace(source: Uint8Array): string[] {
  const text = Buffer.from(source.buffer, source.byteOffset, Math.min(source.length, MOST_BYTES)).toString('latin1')
  const trace: string[] = []
  let isReceived = false
  for (const line of text.split('\n')) {
    const plain = line.trim()
    if (plain === '') break
    if (/^[ \t]/.test(line)) {
      if (isReceived) trace.push(`${trace.pop() ?? ''} ${plain}`)
      continue
    }
    isReceived = /^received[ \t]{0,10}:/i.test(line)
    if (isReceived) trace.push(plain)
  }
  return trace
}
