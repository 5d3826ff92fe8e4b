import type { Findings } from './bounds.ts'
import { endOfBase64 } from './base64-end.ts'
import type { Part } from './part-tree.ts'

/**
 * Returns the bytes of a part without their transfer encoding (RFC 2045 §6). Broken content is decoded as far as
 * possible.
 */
export function decodeBytes(source: Buffer, part: Part, findings: Findings): Buffer {
  const encoded = source.subarray(part.bodyStart, part.bodyEnd)
  switch (part.encoding) {
    case 'base64':
    case 'b':
      return fromBase64(encoded, isText(part), findings)
    case 'quoted-printable':
    case 'q':
    case 'quotedprintable':
      return fromQuotedPrintable(encoded, findings)
    case 'x-uuencode':
    case 'x-uue':
    case 'uuencode':
      return fromUuencode(encoded) ?? encoded
    default:
      return encoded
  }
}

/** Returns the size for a list without decoding; approximate to a few bytes for base64. */
export function decodedSize(source: Buffer, part: Part): number {
  if (part.encoding !== 'base64') return part.bodyEnd - part.bodyStart
  const length = endOfBase64(source.subarray(part.bodyStart, part.bodyEnd), isText(part))
  const end = part.bodyStart + length
  const first = source.indexOf(10, part.bodyStart)
  const isOneLine = first < 0 || first >= end
  const breaks = source[first - 1] === 13 ? 2 : 1
  const signs = isOneLine ? length : length - Math.floor(length / (first - part.bodyStart + 1)) * breaks
  const padding = /(={0,2})\s*$/.exec(source.toString('latin1', Math.max(part.bodyStart, end - 8), end))
  return Math.max(0, Math.floor((signs * 3) / 4) - (padding?.[1]?.length ?? 0))
}

function isText({ type }: Part): boolean {
  return type === 'text/plain' || type === 'text/html'
}

/** Decodes base64. Mailing lists and scanners append a plain footer. It is added to a text, but not to a file. */
function fromBase64(encoded: Buffer, isOfText: boolean, findings: Findings): Buffer {
  const end = endOfBase64(encoded, isOfText)
  const content = decodedBase64(encoded.subarray(0, end), findings)
  if (end === encoded.length) return content
  findings.defect('encoding_broken')
  return isOfText ? Buffer.concat([content, encoded.subarray(end)]) : content
}

function decodedBase64(encoded: Buffer, findings: Findings): Buffer {
  const text = encoded.toString('latin1')
  const end = text.indexOf('=')
  // Some senders concatenate two encodings, each with its padding, as one content.
  if (end >= 0 && /[^=\s]/.test(text.slice(end, end + 1000))) {
    findings.defect('encoding_broken')
    const pieces = text.split(/=+/).slice(0, 100_000)
    return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')))
  }
  return Buffer.from(text, 'base64')
}

const HEX = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(value) ? 255 : value
})

function fromQuotedPrintable(encoded: Buffer, findings: Findings): Buffer {
  const decoded = Buffer.allocUnsafe(encoded.length)
  let length = 0
  /** Spaces at the end of a line were added in transit (RFC 2045 §6.7, rule 3). */
  let spacesFrom = -1
  for (let at = 0; at < encoded.length; at++) {
    const byte = encoded[at]!
    if (byte === 61) {
      spacesFrom = -1
      const [high, low] = [HEX[encoded[at + 1] ?? 0]!, HEX[encoded[at + 2] ?? 0]!]
      if (high < 16 && low < 16) {
        decoded[length++] = (high << 4) | low
        at += 2
        continue
      }
      const soft = endOfSoftBreak(encoded, at + 1)
      if (soft !== undefined) {
        at = soft
        continue
      }
      findings.defect('encoding_broken')
    } else if (byte === 32 || byte === 9) {
      if (spacesFrom < 0) spacesFrom = length
    } else {
      if ((byte === 10 || byte === 13) && spacesFrom >= 0) length = spacesFrom
      spacesFrom = -1
    }
    decoded[length++] = byte
  }
  return decoded.subarray(0, length)
}

/** Returns the offset of the last byte of a soft break: `=` at the end of a line, possibly followed by spaces. */
function endOfSoftBreak(encoded: Buffer, from: number): number | undefined {
  let at = from
  while (encoded[at] === 32 || encoded[at] === 9) at++
  if (at >= encoded.length) return encoded.length
  if (encoded[at] === 13 && encoded[at + 1] === 10) return at + 1
  return encoded[at] === 10 || encoded[at] === 13 ? at : undefined
}

/** Decodes uuencode; undefined without a `begin` line. */
export function fromUuencode(encoded: Buffer): Buffer | undefined {
  const text = encoded.toString('latin1')
  const begin = /^begin [0-7]{3,4} .*\r?\n/m.exec(text)
  return begin ? uudecode(text.slice(begin.index + begin[0].length)) : undefined
}

/** Decodes lines until one that says `end` or isn't uuencode. */
export function uudecode(text: string): Buffer {
  const pieces: Buffer[] = []
  for (const line of text.split(/\r?\n/)) {
    const count = (line.charCodeAt(0) - 32) & 63
    if (line === 'end' || count === 0 || Number.isNaN(count)) break
    const bytes = Buffer.alloc(Math.ceil(count / 3) * 3)
    for (let group = 0; group * 3 < count; group++) {
      const [a, b, c, d] = [1, 2, 3, 4].map((offset) => ((line.charCodeAt(group * 4 + offset) || 32) - 32) & 63)
      bytes[group * 3] = (a! << 2) | (b! >> 4)
      bytes[group * 3 + 1] = ((b! & 15) << 4) | (c! >> 2)
      bytes[group * 3 + 2] = ((c! & 3) << 6) | d!
    }
    pieces.push(bytes.subarray(0, count))
  }
  return Buffer.concat(pieces)
}
