import { Parser } from 'htmlparser2'
import type { MessageBody } from './message.ts'
import { AFTER, plainHtmlText } from './plain-html.ts'
import { boundedNesting } from './sanitize.ts'

/** Maximum length that is parsed; the text beyond it is irrelevant for lists and search. */
const LONGEST_HTML = 2_000_000
const PREVIEW_LENGTH = 255

const HIDDEN = ['script', 'style', 'textarea', 'option', 'noscript', 'title', 'template', 'iframe']
const HIDES = new Set(HIDDEN)

/** Returns the visible text of HTML: paragraphs and lines, without markup, styles or the head. */
export function htmlToText(html: string): string {
  const bounded = html.slice(0, LONGEST_HTML)
  return (
    (plainHtmlText(bounded) ?? parsedText(bounded))
      .replaceAll('\u00a0', ' ')
      .split('\n')
      // Uses `trim`: a pattern for spaces before a line end would rescan a long run of spaces from each position.
      .map((line) => line.trim())
      .join('\n')
      .replaceAll(/ {2,}/g, ' ')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim()
  )
}

/**
 * Returns the visible text of any HTML, with lines that aren't trimmed. Uses the parser of the sanitizer directly: the
 * sanitizer takes four times as long to write tags that are then removed.
 */
export function parsedText(html: string): string {
  let text = ''
  let hidden = 0
  const parser = new Parser(
    {
      onopentag(name) {
        if (hidden > 0 || HIDES.has(name)) hidden++
        else if (name === 'li') text += '- '
      },
      ontext(data) {
        // Line ends of the source have no meaning in HTML.
        if (hidden === 0) text += data.replaceAll(/\s+/g, ' ')
      },
      onclosetag(name) {
        if (hidden > 0) hidden--
        else text += AFTER[name] ?? ''
      },
    },
    { decodeEntities: true, ...boundedNesting(HIDDEN) },
  )
  parser.end(html)
  return text
}

/** Cached text of bodies. A body is needed for its preview, key and search words, and parsing HTML is slow. */
const texts = new WeakMap<MessageBody, { html: string; text: string }>()

/** Returns the body as text, for both body types. */
export function bodyText(body: MessageBody): string {
  if (body.type !== 'html') return body.content
  const known = texts.get(body)
  if (known?.html === body.content) return known.text
  const text = htmlToText(body.content)
  texts.set(body, { html: body.content, text })
  return text
}

/** Caches text that was extracted elsewhere, so that this body isn't parsed again. */
export function rememberText(body: MessageBody, text: string): void {
  texts.set(body, { html: body.content, text })
}

/** Returns the beginning of the text in one line. */
export function createPreview(body: MessageBody): string {
  // Advertisements use zero-width spaces to push their text out of previews.
  const line = bodyText(body)
    .replaceAll(/[\u00ad\u034f\u200b-\u200f\u2060\ufeff]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line.length <= PREVIEW_LENGTH ? line : line.slice(0, PREVIEW_LENGTH).replace(/[\ud800-\udbff]$/, '')
}

const ESCAPES = ['&', '<', '>', '"', "'"].map((sign) => [sign, `&#${sign.charCodeAt(0)};`] as const)

/** Escapes HTML in one pass per character: a callback per character takes a second for megabytes of `<`. */
export function escapeHtml(text: string): string {
  // `&` first, because the other replacements insert it.
  return ESCAPES.reduce((escaped, [sign, entity]) => escaped.replaceAll(sign, entity), text)
}

/** Converts text to HTML that shows the same lines. */
export function textToHtml(text: string): string {
  return escapeHtml(text).replaceAll(/\r\n|\r|\n/g, '<br>\n')
}
