const STRICT = new TextDecoder('utf-8', { fatal: true })
const LOOSE = new TextDecoder('utf-8')

/** Decodes valid UTF-8. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Decodes UTF-8 that a program cut within a character: the rest is readable. Text in another charset contains at least as
 * many sequences that are invalid in UTF-8 as valid ones.
 *
 * @param isDeclared  the text is labeled as UTF-8, so that one character that is cut at its end is enough
 */
export function cutUtf8(bytes: Uint8Array, isDeclared: boolean): string | undefined {
  const { valid, broken, cut } = sequencesIn(bytes)
  const isUtf8 = valid > 0 ? broken <= Math.max(1, valid / 4) : isDeclared && broken === 1 && cut
  return isUtf8 ? LOOSE.decode(bytes) : undefined
}

/** Whether a text in a charset of one byte per character is UTF-8 that was cut at its end. */
export function isUtf8CutAtEnd(bytes: Uint8Array): boolean {
  const { valid, broken, isAtEnd } = sequencesIn(bytes)
  return valid > 1 && broken === 1 && isAtEnd
}

/** Bytes that are missing at the end of a text for its last character. */
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

/** Zero for a byte that begins no sequence. */
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
      // One letter of latin-1 looks like the beginning of a sequence: only the most common ones are taken for it.
      cut = isAtEnd && (found > 0 || lead === 0xc2 || lead === 0xc3)
    }
    at += 1 + found
    // No UTF-8: the rest makes no difference.
    if (broken > 1000 && broken > valid) break
  }
  return { valid, broken, isAtEnd, cut }
}
