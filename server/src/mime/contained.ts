import { BOUNDS, type Findings } from './bounds.ts'
import { fileName } from './file-name.ts'
import type { Part } from './part-tree.ts'
import { readTnef, type Tnef } from './tnef.ts'
import { decodeBytes, uudecode } from './transfer-encoding.ts'

/**
 * Content of a part without a MIME part of its own: in winmail.dat, or as uuencode in a text. Its part number has the
 * form `2!1`.
 */
export interface Contained {
  name: string
  contentType: string
  contentId: string | undefined
  content: Buffer
}

export function isTnef(part: Part): boolean {
  return (
    part.type === 'application/ms-tnef' ||
    part.type === 'application/vnd.ms-tnef' ||
    (/^winmail\.dat$/i.test(part.fileName ?? '') && part.children.length === 0)
  )
}

export function openTnef(
  source: Buffer,
  part: Part,
  findings: Findings,
): { tnef: Tnef; files: Contained[] } | undefined {
  const tnef = readTnef(decodeBytes(source, part, findings))
  if (!tnef || tnef.broken) findings.defect('tnef_broken')
  if (!tnef) return undefined
  const files = tnef.attachments.map(({ name, contentType, contentId, content }) => {
    const type =
      contentType && /^[\w.+-]+\/[\w.+-]+$/.test(contentType) ? contentType.toLowerCase() : 'application/octet-stream'
    return { name: fileName(name, type, findings), contentType: type, contentId, content }
  })
  return { tnef, files }
}

const BEGIN = /(?:^|\n)begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n/g
/** The first character of a uuencode line is its length; a full line has 61 characters. */
const LINE = /^[ -`](?:[ -`]{0,61})\r?$/

/** Removes uuencoded files from a text. This format predates MIME, and some scanners still use it. */
export function withoutUuencode(text: string, findings: Findings): { text: string; files: Contained[] } {
  if (!text.includes('begin ')) return { text, files: [] }
  const files: Contained[] = []
  let [kept, from] = ['', 0]
  for (const match of text.matchAll(BEGIN)) {
    if (match.index < from || files.length >= BOUNDS.contained) continue
    const start = match.index + match[0].length
    const end = endOfUuencode(text, start)
    // Prose may contain "begin 644 something", but isn't followed by encoded lines.
    if (end === undefined) continue
    const content = uudecode(text.slice(start, end))
    files.push({
      name: fileName(match[1], '', findings),
      contentType: 'application/octet-stream',
      contentId: undefined,
      content,
    })
    kept += text.slice(from, match.index) + '\n'
    from = end
  }
  return files.length === 0 ? { text, files } : { text: kept + text.slice(from), files }
}

function endOfUuencode(text: string, start: number): number | undefined {
  let at = start
  while (at < text.length) {
    const newline = text.indexOf('\n', at)
    const next = newline < 0 ? text.length : newline + 1
    const line = text.slice(at, newline < 0 ? text.length : newline)
    if (/^end\s*$/.test(line)) return next
    if (!LINE.test(line)) return at > start ? at : undefined
    at = next
  }
  return at > start ? at : undefined
}
