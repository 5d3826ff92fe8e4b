/** Trace fields stand before the others; a header is not read further. */
const MOST_BYTES = 64 * 1024

/**
 * The `Received` fields of a message (RFC 5321 §4.4), unfolded. Each delivery adds one with its time and queue id, so that
 * they are equal for versions of one delivery only.
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
