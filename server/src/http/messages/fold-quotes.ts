import { escapeHtml } from '../../mail/index.ts'

/**
 * What a message repeats of earlier ones, folded behind "…". Only what stands at its end: a quotation between which
 * somebody answers line by line is part of what they say.
 */
const FOLD_START = '<details><summary title="Show what is quoted">…</summary>'
const FOLD_END = '</details>'

const TAG = /<(\/?)([a-z][a-z0-9]*)\b[^>]*>/gi
const VOID = new Set(['br', 'hr', 'img', 'col', 'wbr'])
/** How Outlook begins what it quotes, in the languages that are met most: from whom, and then when it was sent. */
const OUTLOOK_HEADER =
  /^\s*(?:From|Von|De|Da|Van|Från|Fra|Od)\s*:.{1,300}?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Inviato|Verzonden|Skickat|Sendt|Wysłano)\s*:/isu
const HEADER_SEARCHED = 1500
/** What somebody says of their own has fewer, and looking at all of a hundred thousand holds up everybody. */
const MOST_BLOCKS_SEARCHED = 2000
const LONGEST_INTRO = 500
const LINE = /(?:[^<]|<(?!br\b))*(?:<br\b[^>]*>)?/gi
// Nothing else stands in them, so that what is folded begins and ends in the same element.
const QUOTED_LINE = /^\s*&gt;[^<]*(?:<br\b[^>]*>)?$/i
const BLANK_LINE = /^(?:\s|&nbsp;)*(?:<br\b[^>]*>)?$/i

interface Element {
  name: string
  start: number
  /** Behind its end tag. */
  end: number
  /** Where the element ends that holds it. */
  parentEnd: number
}

/** `html` comes from the sanitizer: each tag is closed, and no `>` stands in an attribute. */
export function foldQuotes(html: string): string {
  const fold = findFold(html)
  if (!fold || !hasContent(html.slice(0, fold.start))) return html
  return html.slice(0, fold.start) + FOLD_START + html.slice(fold.start, fold.end) + FOLD_END + html.slice(fold.end)
}

/** Plain text as HTML: what is quoted with `>` at the end is folded, and what stands below the mark of a signature. */
export function foldQuotedLines(text: string): string {
  const lines = text.split(/\r\n|\r|\n/)
  const from = startOfRest(lines)
  if (from >= lines.length || lines.slice(0, from).every(isBlank)) return escapeHtml(text)
  const [said, rest] = [lines.slice(0, from), lines.slice(from)].map((part) => escapeHtml(part.join('\n')))
  return `${said!}\n${FOLD_START}${rest!}${FOLD_END}`
}

function startOfRest(lines: readonly string[]): number {
  const signature = lines.findIndex((line) => line === '--' || line === '-- ')
  const lastOwn = lines.findLastIndex((line) => !isQuoted(line) && !isBlank(line))
  const isAnswer = lines.slice(lastOwn + 1).some(isQuoted)
  // "On Monday Kim wrote:" belongs to what it announces.
  const quoted = lastOwn >= 0 && lines[lastOwn]!.trimEnd().endsWith(':') ? lastOwn : lastOwn + 1
  return Math.min(signature > 0 ? signature : lines.length, isAnswer ? quoted : lines.length)
}

function findFold(html: string): { start: number; end: number } | undefined {
  const contentEnd = endOfContent(html)
  const elements = elementsOf(html)
  let searched = 0
  for (const [index, { name, start, end, parentEnd }] of elements.entries()) {
    if (name === 'blockquote' && end >= contentEnd) {
      return { start: startOfIntro(html, elements.slice(0, index), { start, parentEnd }) ?? start, end }
    }
    const isBlock = name === 'div' || name === 'hr' || name === 'p'
    if (!isBlock || parentEnd < contentEnd || ++searched > MOST_BLOCKS_SEARCHED) continue
    if (OUTLOOK_HEADER.test(textOf(html.slice(start, start + HEADER_SEARCHED)))) return { start, end: parentEnd }
  }
  return quotedLinesIn(html, contentEnd)
}

/** "On Monday Kim wrote:" in an element of its own, just before what it announces. */
function startOfIntro(
  html: string,
  before: readonly Element[],
  quotation: Pick<Element, 'start' | 'parentEnd'>,
): number | undefined {
  const sibling = before.findLast(({ name, parentEnd }) => !VOID.has(name) && parentEnd === quotation.parentEnd)
  if (!sibling || sibling.end - sibling.start > LONGEST_INTRO) return undefined
  if (hasContent(html.slice(sibling.end, quotation.start))) return undefined
  return textOf(html.slice(sibling.start, sibling.end)).trim().endsWith(':') ? sibling.start : undefined
}

/** Exchange makes HTML of plain text: one line after the other, with `<br>` between them. */
function quotedLinesIn(html: string, contentEnd: number): { start: number; end: number } | undefined {
  const lines = [...html.slice(0, contentEnd).matchAll(LINE)].filter(({ 0: line }) => line !== '')
  const own = lines.findLastIndex(({ 0: line }) => !QUOTED_LINE.test(line) && !BLANK_LINE.test(line))
  const announces = /^[^<]*:\s*<br[^>]*>$/i.test(lines[own]?.[0] ?? '')
  if (!lines.slice(own + 1).some(({ 0: line }) => QUOTED_LINE.test(line))) return undefined
  const first = lines.slice(announces ? own : own + 1).find(({ 0: line }) => !BLANK_LINE.test(line))
  return first && { start: first.index, end: contentEnd }
}

/** Behind it there are only empty elements. */
function endOfContent(html: string): number {
  let [contentEnd, behindTag] = [0, 0]
  for (const { 0: tag, 2: name, index } of html.matchAll(TAG)) {
    if (hasContent(html.slice(behindTag, index))) contentEnd = index
    behindTag = index + tag.length
    if (name!.toLowerCase() === 'img') contentEnd = behindTag
  }
  return hasContent(html.slice(behindTag)) ? html.length : contentEnd
}

function elementsOf(html: string): Element[] {
  const found: Element[] = []
  const open: { element: Element; children: Element[] }[] = []
  for (const { 0: tag, 1: slash, 2: word, index } of html.matchAll(TAG)) {
    const name = word!.toLowerCase()
    if (slash === '/') {
      const at = open.findLastIndex(({ element }) => element.name === name)
      if (at < 0) continue
      for (const { element, children } of open.splice(at)) {
        element.end = index + tag.length
        for (const child of children) child.parentEnd = index
      }
      continue
    }
    const element = { name, start: index, end: index + tag.length, parentEnd: html.length }
    found.push(element)
    open.at(-1)?.children.push(element)
    if (!VOID.has(name)) open.push({ element, children: [] })
  }
  return found
}

function hasContent(html: string): boolean {
  return /<img\b/i.test(html) || textOf(html).trim() !== ''
}

function textOf(html: string): string {
  return html.replaceAll(/<[^>]*>?/g, ' ').replaceAll(/&nbsp;|\u00a0|\u200b/g, ' ')
}

function isQuoted(line: string): boolean {
  return line.startsWith('>')
}

function isBlank(line: string): boolean {
  return line.trim() === ''
}
