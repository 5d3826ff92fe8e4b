import type { MessageBody } from './message.ts'
import { sanitize } from './sanitize.ts'

/** More is not looked at; nobody reads it in a list or searches for it. */
const LONGEST_HTML = 2_000_000
const PREVIEW_LENGTH = 255

const BLOCKS = ['p', 'div', 'li', 'tr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'table', 'ul', 'ol']
const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' }

/** What a person reads in HTML: paragraphs and lines, without markup, styles or what is in the head. */
export function htmlToText(html: string): string {
  const kept = sanitize(html.slice(0, LONGEST_HTML), {
    allowedTags: [...BLOCKS, 'br', 'hr', 'td', 'th'],
    allowedAttributes: {},
    nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'title', 'template', 'iframe'],
    // Line ends of the source mean nothing in HTML.
    textFilter: (text) => text.replaceAll(/\s+/g, ' '),
  })
  const lines = kept
    .replaceAll(/<(?:br|hr) \/>/g, '\n')
    .replaceAll(/<\/(?:td|th)>/g, '\t')
    .replaceAll(/<\/(?:p|h[1-6]|blockquote|table|ul|ol|pre)>/g, '\n\n')
    .replaceAll(/<\/(?:div|li|tr)>/g, '\n')
    .replaceAll(/<li>/g, '- ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:lt|gt|quot|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replaceAll('\u00a0', ' ')
  return lines
    .replaceAll(/[ \t]*\n[ \t]*/g, '\n')
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
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

/** The beginning in one line. */
export function previewOf(body: MessageBody): string {
  // Spaces without width push the text of advertisements out of previews.
  const line = bodyText(body)
    .replaceAll(/[\u00ad\u034f\u200b-\u200f\u2060\ufeff]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line.length <= PREVIEW_LENGTH ? line : line.slice(0, PREVIEW_LENGTH).replace(/[\ud800-\udbff]$/, '')
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Text as HTML that shows the same lines. */
export function textToHtml(text: string): string {
  return escapeHtml(text).replaceAll(/\r\n|\r|\n/g, '<br>\n')
}
