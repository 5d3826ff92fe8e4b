const STRICT = new TextDecoder('utf-8', { fatal: true })
const LOOSE = new TextDecoder('utf-8')

/** Decodes valid UTF-8; undefined for other bytes. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Decodes UTF-8 that a program truncated within a character: the rest is readable. Text in another charset contains at
 * least as many invalid UTF-8 sequences as valid ones.
 *
 * @param isDeclared the text is labeled as UTF-8, so that a single truncated character at its end is enough
 */
export function cutUtf8(bytes: Uint8Array, isDeclared: boolean): string | undefined {
  const { valid, broken, cut } = sequencesIn(bytes)
  const isUtf8 = valid > 0 ? broken <= Math.max(1, valid / 4) : isDeclared && broken === 1 && cut
  return isUtf8 ? LOOSE.decode(bytes) : undefined
}

/** Returns true when a text in a single-byte charset is really UTF-8 truncated at its end. */
export function isUtf8CutAtEnd(bytes: Uint8Array): boolean {
  const { valid, broken, isAtEnd } = sequencesIn(bytes)
  return valid > 1 && broken === 1 && isAtEnd
}

/** Returns the number of bytes missing in the last character of a text. */
export function missingAtEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (isContinuation(byte)) continue
    const expected = continuationsOf(byte)
    return expected >= back ? expected - back + 1 : 0
  }
  return 0
}

export function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0
}

/** Returns the number of continuation bytes; zero for a byte that starts no sequence. */
function continuationsOf(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 1
  if (lead >= 0xe0 && lead <= 0xef) return 2
  return lead >= 0xf0 && lead <= 0xf4 ? 3 : 0
}

function sequencesIn(bytes: Uint8Array) {
  let [valid, broken, isAtEnd, cut] = [0, 0, false, false]
  let textEnd = bytes.length
  while (textEnd > 0 && bytes[textEnd - 1]! <= 0x20) textEnd--
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at]!
    if (lead < 0x80) {
      at++
      continue
    }
    const expected = continuationsOf(lead)
    let found = 0
    while (found < expected && isContinuation(bytes[at + 1 + found])) found++
    if (expected > 0 && found === expected) valid++
    else {
      broken++
      isAtEnd = expected > 0 && at + 1 + found === textEnd
      // A letter of latin-1 looks like the start of a sequence: only the most common lead bytes count.
      cut = isAtEnd && (found > 0 || lead === 0xc2 || lead === 0xc3)
    }
    at += 1 + found
    // The text isn't UTF-8: the rest doesn't change the result.
    if (broken > 1000 && broken > valid) break
  }
  return { valid, broken, isAtEnd, cut }
}
