import type { Body } from './message-content.ts'

/** Length of Graph's `bodyPreview`. */
const PREVIEW_LENGTH = 255
/** Limit of the markup, such as styles, that is read before the first text. */
const PREVIEW_READS = 200_000
/** Characters extracted for a preview; more than its length, because white space is collapsed afterwards. */
const PREVIEW_WORDS = PREVIEW_LENGTH * 8

const BREAKS_LINE = /^(?:br|p|div|tr|li|ul|ol|table|blockquote|h[1-6]|hr|pre|section|article|header|footer|dl|dt|dd)$/
const HIDDEN = /^(?:style|script|head|title|template|noscript)$/

const NAMED: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  reg: '®',
  euro: '€',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ccedil: 'ç',
  ntilde: 'ñ',
  zwnj: '\u200c',
  shy: '\u00ad',
}

/**
 * Text of HTML, one line per block. Reads each character once, so that hostile markup costs no more than ordinary
 * markup. The result is for display and doesn't make HTML safe. Stops after `enough` characters.
 */
export function htmlToText(html: string, enough = Infinity): string {
  const lowered = html.toLowerCase()
  let text = ''
  let at = 0
  while (at < html.length && text.length < enough) {
    const open = html.indexOf('<', at)
    const words = html.slice(at, open === -1 ? undefined : open)
    text += decodeEntities(words).replace(/[ \t\r\n\f]+/g, ' ')
    if (open === -1) break
    if (html.startsWith('<!--', open)) {
      at = after(html, '-->', open + 4)
      continue
    }
    const close = html.indexOf('>', open)
    if (close === -1) break
    const tag = /^<\/?([a-z][a-z0-9]*)/i.exec(html.slice(open, Math.min(close, open + 32)))?.[1]?.toLowerCase()
    at = close + 1
    if (tag === undefined) continue
    if (HIDDEN.test(tag) && html[open + 1] !== '/') at = afterElement(lowered, tag, at)
    else if (BREAKS_LINE.test(tag)) text += '\n'
    else if (/^t[dh]$/.test(tag)) text += ' '
  }
  return text
    .split('\n')
    .map((line) => line.replace(/ {2,}/g, ' ').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** Graph's `bodyPreview`: the first 255 characters of the text. */
export function createPreview(body: Body): string {
  const text =
    body.contentType === 'html' ? htmlToText(body.content.slice(0, PREVIEW_READS), PREVIEW_WORDS) : body.content
  const lines = text
    .slice(0, PREVIEW_WORDS)
    .trim()
    .replace(/\s*\n\s*/g, '\r\n')
  return cutWhole(lines, PREVIEW_LENGTH)
}

/** At most `length` UTF-16 units, without splitting a surrogate pair. */
function cutWhole(text: string, length: number): string {
  const cut = text.slice(0, length)
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut
}

function after(html: string, end: string, from: number): number {
  const at = html.indexOf(end, from)
  return at === -1 ? html.length : at + end.length
}

function afterElement(html: string, tag: string, from: number): number {
  const end = html.indexOf(`</${tag}`, from)
  return end === -1 ? html.length : after(html, '>', end)
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});/gi, (whole: string, name: string) => {
    if (!name.startsWith('#')) return NAMED[name] ?? whole
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : ''
  })
}
