import type { Header } from './message-content.ts'

/** More fields than any legitimate message has; the rest of the block is not read. */
const MOST_FIELDS = 2000
const LARGEST_BLOCK_BYTES = 1024 * 1024

export interface HeaderBlock {
  /** In order, with names as received and values unfolded (RFC 5322 §2.2.3) but not decoded. */
  fields: Header[]
  /** Offset of the body. */
  bodyStart: number
}

/** Reads the header fields of a message. Skips lines that are not fields; never throws. */
export function readHeaderBlock(mime: Uint8Array): HeaderBlock {
  const bytes = Buffer.from(mime.buffer, mime.byteOffset, mime.byteLength)
  const bodyStart = findBody(bytes)
  const fields: Header[] = []
  for (const line of unfoldedLines(decode(bytes.subarray(0, Math.min(bodyStart, LARGEST_BLOCK_BYTES))))) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).trimEnd()
    if (!isFieldName(name)) continue
    fields.push({ name, value: line.slice(colon + 1).trim() })
    if (fields.length === MOST_FIELDS) break
  }
  return { fields, bodyStart }
}

export function fieldValue(fields: readonly Header[], name: string): string | undefined {
  return fields.find((field) => field.name.toLowerCase() === name)?.value
}

/** Text without line breaks and other control characters, for use in a header. */
export function oneLine(text: string): string {
  return withoutControls(text).trim()
}

export function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ')
}

/** RFC 5322 §3.6.8: printable US-ASCII except the colon. */
export function isFieldName(name: string): boolean {
  return name.length <= 255 && /^[!-9;-~]+$/.test(name)
}

/** Offset after the first empty line, or the end. */
function findBody(bytes: Buffer): number {
  for (let from = 0; ;) {
    if (bytes[from] === 0x0a) return from + 1
    if (bytes[from] === 0x0d && bytes[from + 1] === 0x0a) return from + 2
    const newline = bytes.indexOf(0x0a, from)
    if (newline === -1) return bytes.length
    from = newline + 1
  }
}

/** Headers are ASCII or, since RFC 6532, UTF-8; other bytes are treated as raw 8-bit text. */
function decode(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? bytes.toString('latin1') : text
}

function* unfoldedLines(block: string): Generator<string> {
  let parts: string[] = []
  for (const line of block.split(/\r?\n/)) {
    if (/^[ \t]/.test(line) && parts.length > 0) {
      parts.push(line)
      continue
    }
    if (parts.length > 0) yield parts.join('')
    parts = [line]
  }
  if (parts.length > 0) yield parts.join('')
}
