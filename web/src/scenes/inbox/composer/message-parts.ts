/**
 * Parts of a message: the author's text, the signature and the quotation; the HTML has the same parts. A draft stores
 * the whole, so it is split into parts again when it is opened.
 */
export interface Quotation {
  text: string
  html: string
}

/** Signature of the sender name. Its text has no empty line, because the first one starts the quotation. */
export interface Signature {
  text: string
  html: string
}

export interface MessageParts {
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

export function joinMessage({ own, signature, quotation }: MessageParts): { text: string; html: string } {
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
  const end = html.startsWith(BEGIN) ? html.indexOf(END) : -1
  const own = end < 0 ? '' : textOf(html.slice(BEGIN.length, end))
  if (end < 0 || !text.startsWith(own)) return { own: text }
  const parts = partsOf({ text: text.slice(own.length), html: html.slice(end + END.length) })
  return parts ? { own, ...parts } : { own: text }
}

function partsOf(rest: { text: string; html: string }): Omit<MessageParts, 'own'> | undefined {
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

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const

function htmlOf(text: string): string {
  return text
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign as keyof typeof ENTITIES])
    .replace(/^ | (?= )/gm, '&nbsp;')
    .replaceAll('\n', '<br>\n')
}

function textOf(html: string): string {
  let text = html.replaceAll('<br>\n', '\n').replaceAll('&nbsp;', ' ')
  for (const [sign, entity] of Object.entries(ENTITIES).toReversed()) text = text.replaceAll(entity, sign)
  return text
}
