import type { Section } from './fetch-items.ts'
import { findPart } from './mime-tree.ts'
import type { MimeDocument } from './mime-source.ts'

/** The bytes of a section; `undefined` when the message has no such part (sent as `NIL`). */
export function sectionBytes(document: MimeDocument, section: Section): Buffer | undefined {
  const { bytes } = document
  if (section.part.length === 0 && section.what === 'all') return bytes
  const tree = document.tree()
  const part = section.part.length === 0 ? tree : findPart(tree, section.part)
  if (!part) return undefined
  if (section.what === 'all') return bytes.subarray(part.bodyStart, part.end)
  if (section.what === 'MIME') return bytes.subarray(part.headerStart, part.bodyStart)
  // Below the top level, these sections refer to an attached message (RFC 3501 §6.4.5).
  const message = section.part.length === 0 ? tree : part.message
  if (!message) return undefined
  if (section.what === 'TEXT') return bytes.subarray(message.bodyStart, message.end)
  const header = bytes.subarray(message.headerStart, message.bodyStart)
  return section.what === 'HEADER' ? header : chosenFields(header, section)
}

/** A longer header is not searched. */
const LARGEST_HEADER_BYTES = 1024 * 1024

/** The selected fields unchanged, including folding, and the empty line at the end. */
function chosenFields(header: Buffer, { fields, what }: Section): Buffer {
  const wanted = new Set(fields)
  const lines: string[] = []
  let isChosen = false
  for (const line of header.toString('latin1', 0, LARGEST_HEADER_BYTES).split(/(?<=\n)/)) {
    if (/^[ \t]/.test(line)) {
      if (isChosen) lines.push(line)
      continue
    }
    const name = line
      .slice(0, Math.max(0, line.indexOf(':')))
      .trimEnd()
      .toLowerCase()
    isChosen = name !== '' && wanted.has(name) === (what === 'HEADER.FIELDS')
    if (isChosen) lines.push(line)
  }
  return Buffer.from(`${lines.join('')}\r\n`, 'latin1')
}
