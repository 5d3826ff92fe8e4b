import { textToHtml, type MessageBody } from '../mail/index.ts'
import { BOUNDS, type Findings } from './bounds.ts'
import { decodeText } from './charset.ts'
import { unflow } from './flowed.ts'
import { quickPreview } from './preview.ts'
import type { Part } from './part-tree.ts'
import { decodeBytes } from './transfer-encoding.ts'

/** Parts split into the displayed text and the attachments. Texts of unused alternatives are in neither list. */
export interface Sorted {
  texts: Part[]
  others: Part[]
}

/** Returns true when a readable part shows nothing. Called only when the result decides which text is shown. */
export type IsBlank = (part: Part) => boolean

/**
 * Sorts the parts like a mail client. Of alternatives it uses the richest supported part with content (RFC 2046
 * §5.1.4), and of related parts the root (RFC 2387). Of mixed parts it uses all texts that aren't files, because Apple
 * Mail writes text between its files.
 */
export function sortParts(root: Part, isBlank: IsBlank): Sorted {
  const sorted: Sorted = { texts: [], others: [] }
  sort(root, sorted, isBlank)
  return sorted
}

function sort(part: Part, into: Sorted, isBlank: IsBlank): void {
  if (part.children.length === 0) {
    if (isReadable(part, into, isBlank)) into.texts.push(part)
    else into.others.push(part)
    return
  }
  if (part.type === 'multipart/alternative') sortAlternative(part, into, isBlank)
  else if (part.type === 'multipart/related') sortRelated(part, into, isBlank)
  else for (const child of part.children) sort(child, into, isBlank)
}

function sortAlternative(part: Part, into: Sorted, isBlank: IsBlank): void {
  const sorted = part.children.map((child) => {
    const own: Sorted = { texts: [], others: [] }
    sort(child, own, isBlank)
    return own
  })
  const best = bestOf(sorted, isBlank)
  for (const one of sorted) {
    // The other versions have the same content and remain in the source.
    if (one === best) into.texts.push(...one.texts)
    into.others.push(...one.others.filter(({ type }) => type !== 'text/x-amp-html' && type !== 'text/enriched'))
  }
}

function bestOf(sorted: readonly Sorted[], isBlank: IsBlank): Sorted | undefined {
  const isHtml = ({ texts }: Sorted) => texts.some(({ type }) => type === 'text/html')
  const readable = sorted.filter(({ texts }) => texts.length > 0)
  const ordered = [...readable.filter((one) => !isHtml(one)), ...readable.filter(isHtml)]
  if (ordered.length < 2) return ordered[0]
  return ordered.findLast(({ texts }) => !texts.every(isBlank)) ?? ordered.at(-1)
}

function sortRelated(part: Part, into: Sorted, isBlank: IsBlank): void {
  const start = part.parameters.get('start')?.replaceAll(/^<|>$/g, '')
  const root = (start && part.children.find(({ contentId }) => contentId === start)) || part.children[0]!
  sort(root, into, isBlank)
  for (const child of part.children) {
    if (child === root) continue
    // Further text of related parts is only a file, unless the root had no text.
    if (isReadable(child, into, isBlank) && into.texts.length > 0) into.others.push(child)
    else sort(child, into, isBlank)
  }
}

/**
 * Returns true for a text part to be displayed. A name alone doesn't make a text a file, because some programs name
 * every part. A named text after another text is a file.
 */
function isReadable(part: Part, { texts }: Sorted, isBlank: IsBlank): boolean {
  if (part.disposition === 'attachment' || (part.type !== 'text/html' && part.type !== 'text/plain')) return false
  return !part.fileName || part.disposition === 'inline' || texts.every(isBlank)
}

/** Returns true when a text shows nothing: no letter, and in HTML no image either. */
export function isBlankText(type: string, text: string): boolean {
  if (type !== 'text/html') return text.trim() === ''
  return quickPreview({ type: 'html', content: text }) === '' && !/<(?:img|svg|object|embed|video|iframe)\b/i.test(text)
}

/** Decodes one text part: charset, transfer encoding, `format=flowed`, line ends. */
export function readText(source: Buffer, part: Part, findings: Findings): string {
  const bytes = decodeBytes(source, part, findings)
  // A letter has at most four bytes, and longer text is cut below.
  const taken = bytes.subarray(0, BOUNDS.textLength * 4)
  const declared = part.parameters.get('charset') ?? (part.type === 'text/html' ? charsetInHtml(taken) : undefined)
  const text = decodeText(taken, declared, findings).replaceAll(/\r\n?/g, '\n').replaceAll('\0', '')
  const isFlowed = part.type === 'text/plain' && part.parameters.get('format')?.toLowerCase() === 'flowed'
  return isFlowed ? unflow(text, part.parameters.get('delsp')?.toLowerCase() === 'yes') : text
}

function charsetInHtml(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 2048)
  return /<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head)?.[1]
}

/** Joins several texts. The result is HTML as soon as one of them is HTML. */
export function joined(texts: readonly { isHtml: boolean; text: string }[], findings: Findings): MessageBody {
  const filled = texts.filter(({ text }) => text.trim() !== '')
  const asHtml = filled.some(({ isHtml }) => isHtml)
  const pieces = filled.map(({ isHtml, text }) => (asHtml && !isHtml ? `<div>${textToHtml(text)}</div>` : text))
  const content = pieces.join(asHtml ? '\n<br>\n' : '\n\n')
  if (content.length > BOUNDS.textLength) findings.defect('text_cut')
  return { type: asHtml ? 'html' : 'text', content: content.slice(0, BOUNDS.textLength).toWellFormed() }
}
