import { bodyText, escapeHtml, htmlToText } from './html-text.ts'
import type { MessageBody } from './message.ts'
import { scanTags, type HtmlTag } from './scan-tags.ts'

const FOLD_START = '<details><summary title="Show what is quoted">…</summary>'
const FOLD_END = '</details>'

const VOID = new Set(['br', 'hr', 'img', 'col', 'wbr'])
/** Header that Outlook writes above a quotation, in the most frequent languages: sender first, then the date. */
const OUTLOOK_HEADER =
  /^\s{0,100}(?:From|Von|De|Da|Van|Från|Fra|Od)\s{0,10}:.{1,300}?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Inviato|Verzonden|Skickat|Sendt|Wysłano)\s{0,10}:/isu
const HEADER_SEARCHED = 1500
/**
 * Maximum blocks that are searched. The author's own text has fewer blocks; searching a hundred thousand takes seconds.
 */
const MOST_BLOCKS_SEARCHED = 2000
const LONGEST_INTRO = 500

/** Marks of the quotations of mail programs, as opposed to indented text. */
const CITED = /<blockquote\b[^>]{0,500}(?:type=["']?cite|gmail_quote)/i
/** Maximum HTML that is searched for a quotation to leave out. */
const LONGEST_SEARCHED = 200_000

interface Element {
  name: string
  start: number
  /** Offset after its end tag. */
  end: number
  /** Offset of the end of the parent element's content. */
  parentEnd: number
}

/** Range of text that isn't blank, or an image. */
interface Content {
  start: number
  end: number
}

/**
 * Folds the quotation at the end of a message behind "…". A quotation with replies between its lines stays open. Takes
 * time proportional to the length. No pattern matches the whole input, because V8 overflows its stack on long matches.
 *
 * @param html output of the sanitizer: each tag is closed, and attributes contain no `>`
 */
export function foldQuotes(html: string): string {
  const tags = scanTags(html)
  const contents = contentsOf(html, tags)
  const fold = findFold(html, tags, contents)
  const [first] = contents
  if (!fold || !first || first.start >= fold.start) return html
  return html.slice(0, fold.start) + FOLD_START + html.slice(fold.start, fold.end) + FOLD_END + html.slice(fold.end)
}

/** Converts plain text to HTML, with quoted lines (`>`) at the end and the signature folded. */
export function foldQuotedLines(text: string): string {
  const lines = text.split(/\r\n|\r|\n/)
  const from = startOfRest(lines)
  if (from >= lines.length || lines.slice(0, from).every(isBlank)) return escapeHtml(text)
  const [said, rest] = [lines.slice(0, from), lines.slice(from)].map((part) => escapeHtml(part.join('\n')))
  return `${said!}\n${FOLD_START}${rest!}${FOLD_END}`
}

/**
 * Returns the text of a message without the earlier messages quoted at its end: quoted lines (`>`), and quotations that a
 * mail program has marked in HTML. In doubt, text is kept: quotations above or between replies, those below a header of
 * Outlook, where authors reply within the quotation, a forwarded message with its header, and a message that contains
 * nothing else.
 */
export function textWithoutQuotes(body: MessageBody): string {
  const whole = bodyText(body)
  if (body.type === 'text') {
    if (!whole.includes('\n>')) return whole
    const lines = whole.split(/\r\n|\r|\n/)
    const lastOwn = lines.findLastIndex((line) => !isQuoted(line) && !isBlank(line))
    const quoted = lines.slice(lastOwn + 1).map((line) => line.replace(/^[> ]+/, ''))
    if (lastOwn < 0 || isForwarded(quoted.join('\n'))) return whole
    return lines.slice(0, lastOwn + 1).join('\n')
  }
  const html = body.content
  if (html.length > LONGEST_SEARCHED || !CITED.test(html)) return whole
  const tags = scanTags(html)
  const contentEnd = contentsOf(html, tags).at(-1)?.end ?? 0
  const quotation = elementsOf(html, tags).find(
    ({ name, start, end }) =>
      name === 'blockquote' && end >= contentEnd && CITED.test(html.slice(start, html.indexOf('>', start))),
  )
  if (!quotation || isForwarded(textOf(html.slice(quotation.start, quotation.start + HEADER_SEARCHED)))) return whole
  return htmlToText(html.slice(0, quotation.start) + html.slice(quotation.end)) || whole
}

/** True if a quotation begins with the header of its message, as Apple Mail forwards it. */
function isForwarded(quotation: string): boolean {
  return OUTLOOK_HEADER.test(quotation.slice(0, HEADER_SEARCHED))
}

/** Returns the number of the line at which a quotation (`>`) at the end begins; that after the last line without one. */
export function quotedLinesStart(lines: readonly string[]): number {
  const lastOwn = lines.findLastIndex((line) => !isQuoted(line) && !isBlank(line))
  const isAnswer = lines.slice(lastOwn + 1).some(isQuoted)
  // "On Monday Kim wrote:" belongs to the quotation.
  const quoted = lastOwn >= 0 && lines[lastOwn]!.trimEnd().endsWith(':') ? lastOwn : lastOwn + 1
  return isAnswer ? quoted : lines.length
}

function startOfRest(lines: readonly string[]): number {
  const signature = lines.findIndex((line) => line === '--' || line === '-- ')
  return Math.min(signature > 0 ? signature : lines.length, quotedLinesStart(lines))
}

/** Returns the offset of the quotation at the end of HTML, as {@link foldQuotes} folds it; undefined without one. */
export function quotationIn(html: string): number | undefined {
  const tags = scanTags(html)
  const contents = contentsOf(html, tags)
  return findFold(html, tags, contents)?.start
}

function findFold(html: string, tags: readonly HtmlTag[], contents: readonly Content[]): Content | undefined {
  const contentEnd = contents.at(-1)?.end ?? 0
  const elements = elementsOf(html, tags)
  let searched = 0
  for (const [index, { name, start, end, parentEnd }] of elements.entries()) {
    if (name === 'blockquote' && end >= contentEnd) {
      return { start: startOfIntro(html, elements, index, contents) ?? start, end }
    }
    const isBlock = name === 'div' || name === 'hr' || name === 'p'
    if (!isBlock || parentEnd < contentEnd || ++searched > MOST_BLOCKS_SEARCHED) continue
    if (OUTLOOK_HEADER.test(textOf(html.slice(start, start + HEADER_SEARCHED)))) return { start, end: parentEnd }
  }
  return quotedLinesIn(html, tags, contentEnd)
}

/**
 * Returns the start of an introduction such as "On Monday Kim wrote:" in its own element, just before the quotation.
 */
function startOfIntro(
  html: string,
  elements: readonly Element[],
  index: number,
  contents: readonly Content[],
): number | undefined {
  const quotation = elements[index]!
  let at = index - 1
  while (at >= 0 && (VOID.has(elements[at]!.name) || elements[at]!.parentEnd !== quotation.parentEnd)) at--
  const sibling = elements[at]
  if (!sibling || sibling.end - sibling.start > LONGEST_INTRO) return undefined
  if (contents.some(({ start }) => start >= sibling.end && start < quotation.start)) return undefined
  return textOf(html.slice(sibling.start, sibling.end)).trim().endsWith(':') ? sibling.start : undefined
}

interface Line {
  start: number
  isQuoted: boolean
  isBlank: boolean
  isIntro: boolean
}

/** Returns the quoted lines in HTML that Exchange generated from plain text: lines separated by `<br>`. */
function quotedLinesIn(html: string, tags: readonly HtmlTag[], contentEnd: number): Content | undefined {
  const lines = linesOf(html, tags, contentEnd)
  const own = lines.findLastIndex((line) => !line.isQuoted && !line.isBlank)
  if (!lines.slice(own + 1).some((line) => line.isQuoted)) return undefined
  const first = lines.slice(lines[own]?.isIntro === true ? own : own + 1).find((line) => !line.isBlank)
  return first && { start: first.start, end: contentEnd }
}

function linesOf(html: string, tags: readonly HtmlTag[], contentEnd: number): Line[] {
  const lines: Line[] = []
  let [start, hasMarkup] = [0, false]
  const add = (end: number, isBroken: boolean) => {
    // Only a line without markup is folded, so that the fold starts and ends in the same element.
    const text = hasMarkup ? undefined : html.slice(start, end)
    lines.push({
      start,
      isQuoted: text?.trimStart().startsWith('&gt;') ?? false,
      isBlank: text !== undefined && isBlankText(text),
      isIntro: isBroken && (text?.trimEnd().endsWith(':') ?? false),
    })
  }
  for (const tag of tags) {
    if (tag.start >= contentEnd) break
    if (tag.name !== 'br' || tag.isEnd) {
      hasMarkup = true
      continue
    }
    add(tag.start, true)
    ;[start, hasMarkup] = [tag.end, false]
  }
  if (start < contentEnd) add(contentEnd, false)
  return lines
}

/** Returns all visible content in order. A text ends where the next tag starts. */
function contentsOf(html: string, tags: readonly HtmlTag[]): Content[] {
  const contents: Content[] = []
  let behindTag = 0
  const addText = (end: number) => {
    if (end > behindTag && !isBlankText(html.slice(behindTag, end))) contents.push({ start: behindTag, end })
  }
  for (const { name, start, end } of tags) {
    addText(start)
    if (name === 'img') contents.push({ start, end })
    behindTag = end
  }
  addText(html.length)
  return contents
}

function elementsOf(html: string, tags: readonly HtmlTag[]): Element[] {
  const found: Element[] = []
  const open: { element: Element; children: Element[] }[] = []
  const openCount = new Map<string, number>()
  for (const { name, isEnd, start, end } of tags) {
    if (isEnd) {
      if ((openCount.get(name) ?? 0) === 0) continue
      const at = open.findLastIndex(({ element }) => element.name === name)
      for (const { element, children } of open.splice(at)) {
        openCount.set(element.name, openCount.get(element.name)! - 1)
        element.end = end
        for (const child of children) child.parentEnd = start
      }
      continue
    }
    const element = { name, start, end, parentEnd: html.length }
    found.push(element)
    open.at(-1)?.children.push(element)
    if (VOID.has(name)) continue
    open.push({ element, children: [] })
    openCount.set(name, (openCount.get(name) ?? 0) + 1)
  }
  return found
}

/** Returns the text of a short piece of HTML. */
function textOf(html: string): string {
  return html.replaceAll(/<[^>]*>?/g, ' ').replaceAll(/&nbsp;|\u00a0|\u200b/g, ' ')
}

function isBlankText(text: string): boolean {
  return text.replaceAll('&nbsp;', ' ').replaceAll('\u200b', ' ').trim() === ''
}

function isQuoted(line: string): boolean {
  return line.startsWith('>')
}

function isBlank(line: string): boolean {
  return line.trim() === ''
}
