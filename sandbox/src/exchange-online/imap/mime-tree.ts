import { fieldValue, type Header, readHeaderBlock } from '../mime/index.ts'

/** A part of a message, by byte positions. @see RFC 2046 §5.1 */
export interface MimePart {
  fields: readonly Header[]
  /** `text/plain`, in lower case. */
  type: string
  parameters: Readonly<Record<string, string>>
  headerStart: number
  bodyStart: number
  end: number
  /** Parts of a multipart. */
  children: readonly MimePart[]
  /** Message inside a message/rfc822. */
  message: MimePart | undefined
}

const DEEPEST = 50
const MOST_PARTS = 1000

/** Parses the positions of all parts. Never throws: malformed input is a single part of plain text. */
export function readMimeTree(bytes: Buffer): MimePart {
  let parts = 0
  return read(0, bytes.length, 0, 'text/plain')

  function read(start: number, end: number, depth: number, usual: string): MimePart {
    parts++
    const { fields, bodyStart: length } = readHeaderBlock(bytes.subarray(start, end))
    const bodyStart = start + length
    const { value, parameters } = readParameters(fieldValue(fields, 'content-type') ?? '')
    const type = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(value) ? value : usual
    const part = { fields, type, parameters, headerStart: start, bodyStart, end, children: [], message: undefined }
    if (depth >= DEEPEST || parts >= MOST_PARTS) return { ...part, type: opaque(type) }
    if (type.startsWith('multipart/')) {
      const children = split(bytes, bodyStart, end, parameters['boundary'] ?? '')
        .slice(0, MOST_PARTS - parts)
        .map(([from, to]) => read(from, to, depth + 1, type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'))
      return children.length > 0 ? { ...part, children } : { ...part, type: 'text/plain' }
    }
    const isEncoded = /base64|quoted-printable/i.test(fieldValue(fields, 'content-transfer-encoding') ?? '')
    if (type === 'message/rfc822' && !isEncoded)
      return { ...part, message: read(bodyStart, end, depth + 1, 'text/plain') }
    return { ...part, type: opaque(type) }
  }
}

/** Finds a part by its numbers. A message without other parts is part 1 itself (RFC 3501 §6.4.5). */
export function findPart(tree: MimePart, numbers: readonly number[]): MimePart | undefined {
  let at: MimePart | undefined = tree
  for (const [i, number] of numbers.entries()) {
    // Numbers inside an attached message refer to its own parts.
    const holder: MimePart | undefined = at?.message ?? at
    if (holder && holder.children.length > 0) at = holder.children[number - 1]
    else at = number === 1 && (i === 0 || at?.message) ? holder : undefined
    if (at && i === 0 && tree.children.length === 0) at = number === 1 ? tree : undefined
  }
  return at
}

/** Byte ranges between delimiter lines; the CRLF before a delimiter belongs to the delimiter. */
function split(bytes: Buffer, start: number, end: number, boundary: string): [number, number][] {
  if (boundary === '') return []
  const delimiter = Buffer.from(`--${boundary}`, 'latin1')
  const found: [number, number][] = []
  let open: number | undefined
  for (let at = bytes.indexOf(delimiter, start); at !== -1 && at < end; at = bytes.indexOf(delimiter, at + 1)) {
    if (at > start && bytes[at - 1] !== 0x0a) continue
    const after = at + delimiter.length
    const newline = bytes.indexOf(0x0a, after)
    const lineEnd = newline === -1 || newline > end ? end : newline
    const rest = bytes.toString('latin1', after, Math.min(lineEnd, after + 200)).trim()
    if (rest !== '' && rest !== '--') continue
    if (open !== undefined) {
      let stop = at
      if (stop > open && bytes[stop - 1] === 0x0a) stop--
      if (stop > open && bytes[stop - 1] === 0x0d) stop--
      found.push([open, stop])
      open = undefined
    }
    if (rest === '--') return found
    if (found.length >= MOST_PARTS) return found
    open = Math.min(lineEnd + 1, end)
  }
  if (open !== undefined) found.push([open, end])
  return found
}

/**
 * Parses `text/plain; charset=utf-8; name="a b"`. Names and value in lower case; encoded words and RFC 2231 stay
 * unchanged.
 */
export function readParameters(field: string): { value: string; parameters: Record<string, string> } {
  const [, value = '', rest = ''] = /^\s*([^;\s]*)\s*(.*)$/s.exec(field.slice(0, 20_000)) ?? []
  const parameters: Record<string, string> = {}
  let count = 0
  for (const [, name, quotedText, plain] of rest.matchAll(
    /;\s*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/gs,
  )) {
    if (++count > 50) break
    const key = name!.toLowerCase()
    if (!Object.hasOwn(parameters, key) && key !== '__proto__') {
      parameters[key] = (quotedText?.replace(/\\(.)/gs, '$1') ?? plain ?? '').replace(/[\r\n]+/g, ' ')
    }
  }
  return { value: value.toLowerCase(), parameters }
}

function opaque(type: string): string {
  return type.startsWith('multipart/') || type === 'message/rfc822' ? 'application/octet-stream' : type
}
