import { BOUNDS, Findings } from './bounds.ts'
import { findField, readHeader, type HeaderField } from './header.ts'
import { readParameters } from './parameters.ts'

/** Part of a message, as positions in the source: bytes are copied only on request. */
export interface Part {
  /** IMAP part number (RFC 9051 §6.4.5): `2.1`; empty for the message itself when that is a multipart. */
  number: string
  fields: readonly HeaderField[]
  /** Type in lower case, such as `text/plain`, which also replaces an invalid type (RFC 2045 §5.2). */
  type: string
  parameters: ReadonlyMap<string, string>
  disposition: string
  fileName: string | undefined
  contentId: string | undefined
  encoding: string
  bodyStart: number
  bodyEnd: number
  /** Children of a multipart; empty for all other types. */
  children: readonly Part[]
}

/** Reads the whole message as a tree of parts, within {@link BOUNDS}. A part that exceeds a limit becomes a leaf. */
export function readParts(source: Buffer, findings: Findings): Part {
  return readPartAt(source, { start: 0, end: source.length }, { number: '', depth: 0 }, findings)
}

interface Place {
  number: string
  depth: number
  /** Type of parts without one: in `multipart/digest` it is a message (RFC 2046 §5.1.5). */
  defaultType?: string
}

function readPartAt(
  source: Buffer,
  { start, end }: { start: number; end: number },
  { number, depth, defaultType = 'text/plain' }: Place,
  findings: Findings,
): Part {
  findings.parts++
  const { fields, bodyStart } = readHeader(source, start, end, findings)
  const described = describe(fields, defaultType)
  const leaf = { ...described, number: number || '1', bodyStart, bodyEnd: end, children: [] }
  if (!described.type.startsWith('multipart/')) return leaf
  if (depth >= BOUNDS.depth) {
    findings.broke('too_deep', `multiparts inside one another more than ${BOUNDS.depth} deep`)
    return leaf
  }
  const ranges = childrenOf(source, { start: bodyStart, end }, described.parameters.get('boundary'), findings)
  if (ranges.length === 0) {
    findings.defect('boundary_missing')
    return { ...leaf, type: 'text/plain' }
  }
  const children: Part[] = []
  for (const [index, range] of ranges.entries()) {
    if (findings.parts >= BOUNDS.parts) {
      findings.broke('too_many_parts', `more than ${BOUNDS.parts} parts`)
      break
    }
    const place = {
      number: number ? `${number}.${index + 1}` : `${index + 1}`,
      depth: depth + 1,
      ...(described.type === 'multipart/digest' && { defaultType: 'message/rfc822' }),
    }
    children.push(readPartAt(source, range, place, findings))
  }
  return { ...leaf, number, children }
}

function describe(fields: readonly HeaderField[], defaultType: string) {
  const { value: written, parameters } = readParameters(findField(fields, 'content-type'))
  const value = unquoted(written)
  const disposition = readParameters(findField(fields, 'content-disposition'))
  // Old mail contains incomplete types such as `text`.
  const type = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+*-]{1,127}$/.test(value)
    ? value
    : value === 'text'
      ? 'text/plain'
      : defaultType
  const contentId = findField(fields, 'content-id')
    ?.replaceAll(/^\s*<|>\s*$/g, '')
    .trim()
  return {
    fields,
    type,
    parameters,
    disposition: unquoted(disposition.value),
    fileName: disposition.parameters.get('filename') || parameters.get('name') || undefined,
    contentId: contentId && contentId.length < 1000 ? contentId : undefined,
    encoding: unquoted(readParameters(findField(fields, 'content-transfer-encoding')).value).split(/\s/)[0] ?? '',
  }
}

const QUOTES = `"' \t`

/** Removes quotes that some programs put around values that RFC 2045 requires unquoted. */
function unquoted(value: string): string {
  let [start, end] = [0, value.length]
  while (start < end && QUOTES.includes(value[start]!)) start++
  while (end > start && QUOTES.includes(value[end - 1]!)) end--
  return value.slice(start, end)
}

/**
 * Finds the parts of a multipart (RFC 2046 §5.1.1). If the field has no boundary, the first line that looks like one is
 * used, because such mail is otherwise intact.
 */
function childrenOf(
  source: Buffer,
  { start, end }: { start: number; end: number },
  declared: string | undefined,
  findings: Findings,
): { start: number; end: number }[] {
  const boundary = declared ? Buffer.from(`--${declared}`) : guessedBoundary(source, start, end, findings)
  if (!boundary || boundary.length > 300) return []
  const ranges: { start: number; end: number }[] = []
  // Limits the search: a thousand parts without an end would each be searched through the rest of the source.
  const within = source.subarray(0, end)
  let open: number | undefined
  /** Number of open multiparts with the same boundary within the current part. */
  let nested = 0
  for (let at = start; at < end && ranges.length <= BOUNDS.parts;) {
    const found = within.indexOf(boundary, at)
    if (found < 0) break
    at = found + boundary.length
    if (found > start && source[found - 1] !== 10) continue
    const isLast = source[at] === 45 && source[at + 1] === 45
    let lineEnd = isLast ? at + 2 : at
    while (lineEnd < end && (source[lineEnd] === 32 || source[lineEnd] === 9 || source[lineEnd] === 13)) lineEnd++
    if (lineEnd < end && source[lineEnd] !== 10) continue
    at = lineEnd
    const next = Math.min(lineEnd + 1, end)
    // The header of the part ends before the next delimiter: reading beyond it would read many delimiters many times.
    const following = within.indexOf(boundary, next)
    const headEnd = Math.min(following < 0 ? end : following, next + LONGEST_PART_HEADER, end)
    const isNested = !isLast && isMultipartOf(boundary, source.subarray(next, headEnd))
    if (nested > 0) {
      nested += isLast ? -1 : isNested ? 1 : 0
      continue
    }
    if (open !== undefined) ranges.push({ start: open, end: endOfPart(source, open, found) })
    open = isLast ? undefined : next
    if (isLast) break
    nested = isNested ? 1 : 0
  }
  if (open !== undefined) {
    findings.defect('boundary_unclosed')
    // A part truncated after its last boundary is left out.
    if (open < end) ranges.push({ start: open, end })
  }
  return ranges
}

const LONGEST_PART_HEADER = 8192

/**
 * Returns true when a part is a multipart with the same boundary as the multipart around it: its delimiters are its
 * own.
 */
function isMultipartOf(boundary: Buffer, head: Buffer): boolean {
  const ends = [head.indexOf('\n\r\n'), head.indexOf('\n\n')].filter((at) => at >= 0)
  const header = head.subarray(0, Math.min(...ends, head.length))
  const name = boundary.subarray(2)
  if (!header.includes(name)) return false
  const { type, parameters } = describe(readHeader(header, 0, header.length, new Findings()).fields, '')
  return type.startsWith('multipart/') && parameters.get('boundary') === name.toString()
}

/** Returns the end of a part. The line end before a boundary belongs to the boundary. */
function endOfPart(source: Buffer, start: number, boundaryAt: number): number {
  let end = boundaryAt - 1
  if (end > start && source[end - 1] === 13) end--
  return Math.max(start, end)
}

function guessedBoundary(source: Buffer, start: number, end: number, findings: Findings): Buffer | undefined {
  findings.defect('boundary_missing')
  const text = source.toString('latin1', start, Math.min(end, start + 20_000))
  const [, line] = /^(--[\w'()+,./:=?-]{5,70})\r?\n(?:content-|\r?\n)/im.exec(text) ?? []
  return line === undefined ? undefined : Buffer.from(line)
}
