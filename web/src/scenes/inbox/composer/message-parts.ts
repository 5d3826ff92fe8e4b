/**
 * Parts of a message: the author's text, the signature and the quotation. A draft stores the whole, so it is split into
 * parts again when it is opened. Formatted messages are HTML only; the server derives their text. Plain ones are text,
 * and their draft has the same parts in HTML, which tells them apart.
 */
export type Format = 'html' | 'text'

export interface Quotation {
  text: string
  html: string
}

/** Signature of the sender name. Its text has no empty line, because the first one starts the quotation. */
export interface Signature {
  text: string
  html: string
}

interface MessageParts {
  format: Format
  /** HTML of the editor in a formatted message, otherwise text. */
  own: string
  signature?: Signature
  quotation?: Quotation
}

const BETWEEN = '\n\n'
/** Separator of a signature (RFC 3676 §4.3). */
const SIGNED = '\n\n-- \n'
/** Can't occur in the HTML of the author's text, where every < is escaped. */
const QUOTATION = '\n<br>\n<div class="postkey-quotation">'
const SIGNATURE = '\n<br>\n<div class="postkey-signature">'
const [BEGIN, END] = ['<div dir="auto">', '</div>']
/** Parts of a formatted message. They can't occur in the HTML of the editor, which has no `div`. */
const BEGIN_HTML = '<div class="postkey-message" dir="auto">'
const SIGNATURE_HTML = '\n<div class="postkey-signature" dir="auto">'
const QUOTATION_HTML = '\n<div class="postkey-quotation">'

export function joinMessage({ format, own, signature, quotation }: MessageParts): { text?: string; html: string } {
  if (format === 'html') {
    const signed = signature ? SIGNATURE_HTML + signature.html + END : ''
    return { html: BEGIN_HTML + own + END + signed + (quotation ? QUOTATION_HTML + quotation.html + END : '') }
  }
  let text = own
  let html = BEGIN + htmlOf(own) + END
  if (signature) {
    text += SIGNED + signature.text
    html += SIGNATURE + signature.html + END
  }
  if (quotation) {
    text += BETWEEN + quotation.text
    html += QUOTATION + quotation.html + END
  }
  return { text, html }
}

/** Splits a text into its parts. Text of other programs counts as the author's own. */
export function splitMessage({ text = '', html = '' }: { text?: string; html?: string }): MessageParts {
  if (html.startsWith(BEGIN_HTML)) return formattedParts(html)
  const end = html.startsWith(BEGIN) ? html.indexOf(END) : -1
  const own = end < 0 ? '' : textOf(html.slice(BEGIN.length, end))
  if (end < 0 || !text.startsWith(own)) return { format: 'text', own: text }
  const parts = partsOf({ text: text.slice(own.length), html: html.slice(end + END.length) })
  return { format: 'text', ...(parts ? { own, ...parts } : { own: text }) }
}

function formattedParts(html: string): MessageParts {
  const quotation = indexOrEnd(html, END + QUOTATION_HTML, html.length - END.length)
  const signature = indexOrEnd(html, END + SIGNATURE_HTML, quotation)
  const part = (from: number, begin: string, end: number) => html.slice(from + END.length + begin.length, end)
  return {
    format: 'html',
    // The server gives sent empty paragraphs a height.
    own: html.slice(BEGIN_HTML.length, Math.min(signature, quotation)).replaceAll('<p><br /></p>', '<p></p>'),
    ...(signature < quotation && { signature: signatureOf(part(signature, SIGNATURE_HTML, quotation)) }),
    ...(quotation < html.length - END.length && {
      quotation: quotationOf(part(quotation, QUOTATION_HTML, html.length - END.length)),
    }),
  }
}

function indexOrEnd(text: string, searched: string, end: number): number {
  const at = text.indexOf(searched)
  return at < 0 || at > end ? end : at
}

function signatureOf(html: string): Signature {
  return { html, text: htmlText(html).replaceAll(/\n{2,}/g, '\n') }
}

function quotationOf(html: string): Quotation {
  return { html, text: htmlText(html) }
}

function partsOf(rest: { text: string; html: string }): Omit<MessageParts, 'own' | 'format'> | undefined {
  let { text, html } = rest
  let signature: Signature | undefined
  if (html.startsWith(SIGNATURE)) {
    if (!text.startsWith(SIGNED)) return undefined
    text = text.slice(SIGNED.length)
    const htmlEnd = html.includes(END + QUOTATION) ? html.indexOf(END + QUOTATION) : html.length - END.length
    const textEnd = text.includes(BETWEEN) ? text.indexOf(BETWEEN) : text.length
    signature = { text: text.slice(0, textEnd), html: html.slice(SIGNATURE.length, htmlEnd) }
    text = text.slice(textEnd)
    html = html.slice(htmlEnd + END.length)
  }
  const signed = signature && { signature }
  if (html === '' && text === '') return signed ?? {}
  if (!html.startsWith(QUOTATION) || !text.startsWith(BETWEEN)) return undefined
  const quotation = { text: text.slice(BETWEEN.length), html: html.slice(QUOTATION.length, -END.length) }
  return { ...signed, quotation }
}

/** Visible text of sanitized HTML, one line per block. Not for mail that is shown or sent as text. */
export function htmlText(html: string): string {
  const lines = html.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/<br ?\/?>|<\/(?:p|div|li|h\d|blockquote|pre|tr)>/g, '\n')
  const text = lines.replaceAll(/<[^>]*>/g, '').replaceAll('&nbsp;', ' ')
  // `&` last: the entities of the others begin with it.
  return unescaped(text.replaceAll(/&#(34|39|60|62);/g, (_, code: string) => String.fromCharCode(Number(code))))
    .replaceAll('&#38;', '&')
    .trim()
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const

/** HTML of plain text in a formatted message: one paragraph, or one per block of lines. */
export function paragraphs(text: string): string {
  const escape = (part: string) => part.replace(/[&<>"]/g, (sign) => ENTITIES[sign as keyof typeof ENTITIES])
  return text
    .split(/\n{2,}/)
    .map((block) => `<p>${escape(block).replaceAll('\n', '<br>')}</p>`)
    .join('')
}

function htmlOf(text: string): string {
  return text
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign as keyof typeof ENTITIES])
    .replace(/^ | (?= )/gm, '&nbsp;')
    .replaceAll('\n', '<br>\n')
}

function textOf(html: string): string {
  return unescaped(html.replaceAll('<br>\n', '\n').replaceAll('&nbsp;', ' '))
}

function unescaped(html: string): string {
  let text = html
  for (const [sign, entity] of Object.entries(ENTITIES).toReversed()) text = text.replaceAll(entity, sign)
  return text
}
