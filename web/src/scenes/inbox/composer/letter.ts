/**
 * What somebody writes, and what a message is made of: the text is their own words and the quotation below, the HTML
 * says the same. A draft keeps the whole, so it is taken apart again when it is opened.
 */
export interface Quotation {
  text: string
  html: string
}

export interface Letter {
  own: string
  quotation?: Quotation
}

const BETWEEN = '\n\n'
/** Cannot stand in the HTML of one's own words: there every < is escaped. */
const QUOTATION = '\n<br>\n<div class="postkey-quotation">'
const [BEGIN, END] = ['<div dir="auto">', '</div>']

export function wholeOf({ own, quotation }: Letter): { text: string; html: string } {
  const html = BEGIN + htmlOf(own) + END
  if (!quotation) return { text: own, html }
  return { text: own + BETWEEN + quotation.text, html: html + QUOTATION + quotation.html + END }
}

/** What was not written here comes as text of one's own. */
export function letterOf({ text = '', html = '' }: { text?: string; html?: string }): Letter {
  const end = html.indexOf(END + QUOTATION)
  if (!html.startsWith(BEGIN) || end < 0) return { own: text }
  const own = textOf(html.slice(BEGIN.length, end))
  if (!text.startsWith(own + BETWEEN)) return { own: text }
  const quotedHtml = html.slice(end + END.length + QUOTATION.length, -END.length)
  return { own, quotation: { text: text.slice(own.length + BETWEEN.length), html: quotedHtml } }
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
