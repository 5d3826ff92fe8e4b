import { decodeText } from './charset.ts'
import { BOUNDS, type Findings } from './bounds.ts'
import { decodeWords, escapeRawWords } from './encoded-words.ts'
import { isContinuation, missingAtEnd } from './utf8.ts'

export interface HeaderField {
  /** Name in lower case. */
  name: string
  /** Unfolded original value: encoded words are still encoded. */
  value: string
}

export interface Header {
  fields: readonly HeaderField[]
  /** Offset of the body. */
  bodyStart: number
}

/** Returns the bytes to parse, without copying them if possible. Some old programs end lines with CR alone. */
export function toBuffer(given: Uint8Array): Buffer {
  const source = Buffer.from(given.buffer, given.byteOffset, given.byteLength)
  if (source.includes(10) || !source.includes(13)) return source
  return Buffer.from(source.map((byte) => (byte === 13 ? 10 : byte)))
}

/**
 * Obsolete syntax allows spaces before the colon (RFC 5322 §4.5). Controls and non-ASCII characters never occur in a
 * name.
 */
const FIELD = /^([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:/

/**
 * Reads the header of a part, from `start` to the first empty line. Accepts common violations of RFC 5322. A line that
 * isn't a field is skipped, and so is one that starts like an mbox (`From `, `>From `).
 */
export function readHeader(source: Buffer, start: number, end: number, findings: Findings): Header {
  const fields: HeaderField[] = []
  let lines: Buffer[] = []
  // Some programs write a byte order mark before the first field.
  let [at, taken] = [hasMark(source, start, end) ? start + 3 : start, 0]
  const flush = () => {
    if (lines.length > 0) addField(fields, lines, findings)
    lines = []
  }
  while (at < end) {
    const newline = source.indexOf(10, at)
    const next = newline < 0 || newline >= end ? end : newline + 1
    let lineEnd = newline < 0 || newline >= end ? end : newline
    while (lineEnd > at && source[lineEnd - 1] === 13) lineEnd--
    const line = source.subarray(at, lineEnd)
    if (line.length === 0) {
      at = next
      break
    }
    const isFolded = line[0] === 32 || line[0] === 9
    // A header without its empty line: the body starts at the first line that can't be a field.
    if (!isFolded && !looksLikeField(line) && !isMbox(line)) {
      findings.defect('header_broken')
      const hasFields = fields.length + lines.length > 0
      if (next >= end ? !hasFields : isTextAt(source, next, end)) break
      at = next
      continue
    }
    taken += line.length
    if (taken > BOUNDS.headerBytes || fields.length >= BOUNDS.fields) {
      findings.broke('header_too_big', `more than ${BOUNDS.fields} fields or ${BOUNDS.headerBytes} bytes in one header`)
      at = endOfHeader(source, next, end)
      break
    }
    if (isFolded && lines.length > 0) lines.push(line)
    else if (!isMbox(line)) {
      flush()
      lines.push(line)
    }
    at = next
  }
  flush()
  return { fields, bodyStart: Math.min(at, end) }
}

function hasMark(source: Buffer, start: number, end: number): boolean {
  return start + 3 <= end && source[start] === 0xef && source[start + 1] === 0xbb && source[start + 2] === 0xbf
}

/**
 * Returns true when no header field follows: the previous line, which wasn't a field either, is the first of the body.
 */
function isTextAt(source: Buffer, next: number, end: number): boolean {
  const newline = source.indexOf(10, next)
  const line = source.subarray(next, newline < 0 || newline > end ? end : newline)
  return line.length > 0 && line[0] !== 13 && !looksLikeField(line)
}

function endOfHeader(source: Buffer, from: number, end: number): number {
  const found = [
    [source.indexOf('\n\r\n', from), 3],
    [source.indexOf('\n\n', from), 2],
  ].filter(([at]) => at! >= 0 && at! < end)
  return found.length === 0 ? end : Math.min(...found.map(([at, length]) => at! + length!), end)
}

function looksLikeField(line: Buffer): boolean {
  return FIELD.test(line.toString('latin1', 0, 220))
}

function isMbox(line: Buffer): boolean {
  const text = line.toString('latin1', 0, 6)
  return text.startsWith('From ') || text === '>From '
}

function addField(fields: HeaderField[], lines: readonly Buffer[], findings: Findings): void {
  let bytes = lines.length === 1 ? lines[0]! : Buffer.concat(lines.map(unfolded))
  if (bytes.length > BOUNDS.fieldBytes) {
    findings.defect('header_broken')
    bytes = bytes.subarray(0, BOUNDS.fieldBytes)
  }
  const [, name] = FIELD.exec(bytes.toString('latin1', 0, 220)) ?? []
  if (name === undefined) {
    findings.defect('header_broken')
    return
  }
  const value = bytes.subarray(bytes.indexOf(58) + 1)
  fields.push({ name: name.toLowerCase(), value: rawText(value, findings).trim() })
}

/**
 * Unfolds a line. Programs that count bytes fold within a UTF-8 character: the space they add isn't part of the text.
 */
function unfolded(line: Buffer, index: number, lines: readonly Buffer[]): Buffer {
  const before = lines[index - 1]
  return before && isContinuation(line[1]) && missingAtEnd(before) > 0 ? line.subarray(1) : line
}

/** Decodes a field. Header fields are ASCII or UTF-8 (RFC 6532). Other 8-bit text goes through charset detection. */
function rawText(field: Buffer, findings: Findings): string {
  const bytes = isAscii(field) ? field : escapeRawWords(field)
  const text = isAscii(bytes) ? bytes.toString('latin1') : decodeText(bytes, undefined, findings)
  return text.replaceAll(/[\r\n\0]+/g, ' ')
}

export function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 127) return false
  return true
}

/** Returns the first field of that name: forgers add further fields where only one is allowed. */
export function findField(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find((field) => field.name === name)?.value
}

/** Returns a human-readable field such as the subject: encoded words (RFC 2047) decoded, no controls. */
export function words(value: string | undefined): string {
  if (!value) return ''
  const decoded = value.includes('=?') ? decodeWords(value) : value
  return oneLine(decoded)
}

export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
