import { Parser } from 'htmlparser2'
import type { MessageBody } from './message.ts'
import { boundedNesting } from './sanitize.ts'

/** More is not looked at; nobody reads it in a list or searches for it. */
const LONGEST_HTML = 2_000_000
const PREVIEW_LENGTH = 255

/** What an end tag leaves of its element; of what is not here, nothing. */
const AFTER: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'table', 'ul', 'ol', 'pre'].map((tag) => [tag, '\n\n'])), // prettier-ignore
  ...{ div: '\n', li: '\n', tr: '\n', td: '\t', th: '\t', br: '\n', hr: '\n' },
}
const HIDDEN = ['script', 'style', 'textarea', 'option', 'noscript', 'title', 'template', 'iframe']
const HIDES = new Set(HIDDEN)

/**
 * What a person reads in HTML: paragraphs and lines, without markup, styles or what is in the head. By the parser of the
 * sanitizer and not by the sanitizer, which takes four times as long to write tags that are taken out again.
 */
export function htmlToText(html: string): string {
  let text = ''
  let hidden = 0
  const parser = new Parser(
    {
      onopentag(name) {
        if (hidden > 0 || HIDES.has(name)) hidden++
        else if (name === 'li') text += '- '
      },
      ontext(data) {
        // Line ends of the source mean nothing in HTML.
        if (hidden === 0) text += data.replaceAll(/\s+/g, ' ')
      },
      onclosetag(name) {
        if (hidden > 0) hidden--
        else text += AFTER[name] ?? ''
      },
    },
    { decodeEntities: true, ...boundedNesting(HIDDEN) },
  )
  parser.end(html.slice(0, LONGEST_HTML))
  return (
    text
      .replaceAll('\u00a0', ' ')
      .split('\n')
      // Not by a pattern with spaces before the line end: it looks through a long run of spaces from each of them.
      .map((line) => line.trim())
      .join('\n')
      .replaceAll(/ {2,}/g, ' ')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim()
  )
}

/** Of bodies that were asked for: one is wanted for its preview, its key and its words, and HTML takes a while to read. */
const texts = new WeakMap<MessageBody, { html: string; text: string }>()

/** The body as text, whatever it is written in. */
export function bodyText(body: MessageBody): string {
  if (body.type !== 'html') return body.content
  const known = texts.get(body)
  if (known?.html === body.content) return known.text
  const text = htmlToText(body.content)
  texts.set(body, { html: body.content, text })
  return text
}

/** Read elsewhere: whoever wants the text of this body does not read it again. */
export function rememberText(body: MessageBody, text: string): void {
  texts.set(body, { html: body.content, text })
}

/** The beginning in one line. */
export function createPreview(body: MessageBody): string {
  // Spaces without width push the text of advertisements out of previews.
  const line = bodyText(body)
    .replaceAll(/[\u00ad\u034f\u200b-\u200f\u2060\ufeff]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line.length <= PREVIEW_LENGTH ? line : line.slice(0, PREVIEW_LENGTH).replace(/[\ud800-\udbff]$/, '')
}

const ESCAPES = ['&', '<', '>', '"', "'"].map((sign) => [sign, `&#${sign.charCodeAt(0)};`] as const)

/** One pass per sign: a callback per sign takes a second for megabytes of `<`. */
export function escapeHtml(text: string): string {
  // `&` first, because the others bring it in.
  return ESCAPES.reduce((escaped, [sign, entity]) => escaped.replaceAll(sign, entity), text)
}

/** Text as HTML that shows the same lines. */
export function textToHtml(text: string): string {
  return escapeHtml(text).replaceAll(/\r\n|\r|\n/g, '<br>\n')
}
