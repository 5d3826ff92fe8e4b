import iconv from 'iconv-lite'

const [ESCAPE, SHIFT_OUT, SHIFT_IN, TILDE, NEWLINE] = [0x1b, 0x0e, 0x0f, 0x7e, 0x0a]

/** 7-bit charsets that neither Node nor iconv-lite decodes, each with the 8-bit charset of the same characters. */
const SHIFTED: Readonly<Record<string, string>> = {
  'iso-2022-kr': 'cp949',
  csiso2022kr: 'cp949',
  'iso-2022-cn': 'gbk',
  'iso-2022-cn-ext': 'gbk',
  'hz-gb-2312': 'gbk',
  hz: 'gbk',
}

export function isShifted(label: string): boolean {
  return Object.hasOwn(SHIFTED, label)
}

/**
 * Decodes a 7-bit charset that switches to two bytes per character: ISO-2022-KR (RFC 1557), the GB 2312 part of
 * ISO-2022-CN (RFC 1922), HZ (RFC 1843).
 */
export function decodeShifted(bytes: Uint8Array, label: string): string {
  const wide = label.startsWith('hz') ? fromHz(bytes) : fromShifts(bytes)
  return iconv.decode(wide, SHIFTED[label]!)
}

/** Returns the 7-bit charset announced by escape sequences in an undeclared text. */
export function announcedCharset(bytes: Uint8Array): 'iso-2022-jp' | 'iso-2022-kr' | undefined {
  const at = bytes.indexOf(ESCAPE)
  if (at < 0) return undefined
  const head = Buffer.from(bytes.subarray(at, at + 4)).toString('latin1')
  if (head === '\x1b$)C') return 'iso-2022-kr'
  return /^\x1b(?:\$[@B]|\([IJ])/.test(head) ? 'iso-2022-jp' : undefined
}

function fromShifts(bytes: Uint8Array): Buffer {
  const wide = Buffer.alloc(bytes.length)
  let [length, isWide] = [0, false]
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === ESCAPE && bytes[at + 1] === 0x24) {
      at += 3
      continue
    }
    if (byte === SHIFT_OUT || byte === SHIFT_IN || byte === NEWLINE) isWide = byte === SHIFT_OUT
    if (byte === SHIFT_OUT || byte === SHIFT_IN) continue
    wide[length++] = isWide && byte > 0x20 && byte < 0x7f ? byte | 0x80 : byte
  }
  return wide.subarray(0, length)
}

function fromHz(bytes: Uint8Array): Buffer {
  const wide = Buffer.alloc(bytes.length)
  let [length, isWide] = [0, false]
  for (let at = 0; at < bytes.length; at++) {
    const [byte, next] = [bytes[at]!, bytes[at + 1]]
    if (byte === TILDE && (next === 0x7b || next === 0x7d)) {
      isWide = next === 0x7b
      at++
    } else if (byte === TILDE && !isWide && (next === TILDE || next === NEWLINE)) {
      if (next === TILDE) wide[length++] = TILDE
      at++
    } else {
      if (byte === NEWLINE) isWide = false
      wide[length++] = isWide && byte > 0x20 && byte < 0x7f ? byte | 0x80 : byte
    }
  }
  return wide.subarray(0, length)
}
