/** Text appended for an end tag; none for tags that aren't listed. */
export const AFTER: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'table', 'ul', 'ol', 'pre'].map((tag) => [tag, '\n\n'])), // prettier-ignore
  ...{ div: '\n', li: '\n', tr: '\n', td: '\t', th: '\t', br: '\n', hr: '\n' },
}

const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'link', 'meta', 'param', 'source', 'wbr'])
/** Elements without influence on the parser beyond their own tags, which have to be balanced. */
const INLINE = ['a', 'abbr', 'acronym', 'b', 'big', 'cite', 'code', 'del', 'em', 'font', 'i', 'ins', 'kbd', 'label', 'mark', 'o:p', 'q', 's', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'tt', 'u', 'var'] // prettier-ignore
const BLOCKS = ['html', 'head', 'body', 'article', 'aside', 'blockquote', 'caption', 'center', 'colgroup', 'dd', 'div', 'dl', 'dt', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'li', 'main', 'nav', 'ol', 'p', 'pre', 'section', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr', 'ul'] // prettier-ignore
const PLAIN = new Set([...INLINE, ...BLOCKS])
/** Elements with hidden raw text. */
const RAW = new Set(['style', 'title'])
/** Start tags that close an element without its end tag, by the innermost open element. A superset of the parser's. */
const CLOSED_BY: Readonly<Record<string, ReadonlySet<string>>> = {
  p: new Set([...BLOCKS, 'hr']),
  a: new Set(['a']),
  head: new Set(['body']),
  ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((tag) => [tag, new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'])])), // prettier-ignore
  li: new Set(['li']),
  tr: new Set(['tr']),
  td: new Set(['td', 'tr']),
  th: new Set(['th', 'td', 'tr']),
  thead: new Set(['td', 'tbody', 'tfoot']),
  tbody: new Set(['tbody', 'tfoot']),
  dd: new Set(['dd', 'dt']),
  dt: new Set(['dd', 'dt']),
}
/** Below the limits of `boundedNesting`. */
const DEEPEST = 90
const MOST_ELEMENTS = 20_000

const ENTITIES = new Map(
  Object.entries({
    ...{ nbsp: '\u00a0', amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", zwnj: '\u200c', shy: '\u00ad' },
    ...{ auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è' },
    ...{ ndash: '–', mdash: '—', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', bull: '•', hellip: '…', euro: '€' },
    ...{ copy: '©', reg: '®', middot: '·', agrave: 'à', ccedil: 'ç' },
  }),
)

/**
 * Returns the visible text of well-formed HTML, as the parser of `htmlToText` does, in a third of the time. Undefined for
 * all other HTML: unbalanced tags, unusual elements, attributes or entities. Lines aren't trimmed.
 */
export function plainHtmlText(html: string): string | undefined {
  const open: string[] = []
  let [text, at, elements] = ['', 0, 0]
  while (at < html.length) {
    const tag = html.indexOf('<', at)
    const data = decoded(html.slice(at, tag < 0 ? html.length : tag))
    if (data === undefined) return undefined
    text += data
    if (tag < 0) break
    if (html[tag + 1] === '!') {
      at = afterDeclaration(html, tag)
      if (at === 0) return undefined
      continue
    }
    const isEnd = html[tag + 1] === '/'
    const nameStart = isEnd ? tag + 2 : tag + 1
    const nameEnd = endOfName(html, nameStart)
    const name = html.slice(nameStart, nameEnd).toLowerCase()
    if (isEnd) {
      if (html[nameEnd] !== '>' || open.pop() !== name) return undefined
      text += AFTER[name] ?? ''
      at = nameEnd + 1
      continue
    }
    const end = endOfTag(html, nameEnd)
    if (end === 0 || ++elements > MOST_ELEMENTS) return undefined
    const top = open.at(-1)
    if (top !== undefined && CLOSED_BY[top]?.has(name)) return undefined
    if (RAW.has(name)) {
      at = html[end - 2] === '/' ? 0 : afterRaw(html, end, name)
      if (at === 0) return undefined
    } else {
      if (VOID.has(name)) text += AFTER[name] ?? ''
      else if (!PLAIN.has(name) || open.push(name) > DEEPEST) return undefined
      if (name === 'li') text += '- '
      at = end
    }
  }
  return open.length === 0 ? text : undefined
}

/** Decodes the frequent entities. Undefined if the text contains another one. */
function decoded(text: string): string | undefined {
  let at = text.indexOf('&')
  if (at < 0) return text.replaceAll(/\s+/g, ' ')
  let [all, from] = ['', 0]
  for (; at >= 0; at = text.indexOf('&', from)) {
    const end = text.indexOf(';', at)
    const name = text.slice(at + 1, end)
    const value = end < 0 || end > at + 8 ? undefined : (ENTITIES.get(name) ?? numbered(name))
    if (value === undefined) return undefined
    all += text.slice(from, at) + value
    from = end + 1
  }
  return (all + text.slice(from)).replaceAll(/\s+/g, ' ')
}

/** Returns the character of a decimal number, except those that HTML treats in a special way. */
function numbered(name: string): string | undefined {
  if (!/^#\d{1,6}$/.test(name)) return undefined
  const code = Number(name.slice(1))
  const isOrdinary = (code >= 32 && code < 127) || (code >= 160 && code < 0xd800) || (code >= 0xe000 && code < 0xfdd0)
  return isOrdinary || code === 9 || code === 10 ? String.fromCharCode(code) : undefined
}

/** Returns the offset after a comment or declaration, or 0 for an unusual one. */
function afterDeclaration(html: string, start: number): number {
  if (html.startsWith('<!--', start)) {
    const end = html.indexOf('-->', start + 4)
    const content = html.slice(start + 4, end)
    return end < 0 || content.startsWith('>') || content.startsWith('-') || content.includes('--!') ? 0 : end + 3
  }
  // Conditional sections of Outlook, and the document type.
  if (!/^<!(?:\[(?:if |endif\])|doctype[ >])/i.test(html.slice(start, start + 12))) return 0
  return html.indexOf('>', start) + 1
}

/** Returns the offset after the end tag of an element with raw text, or 0 if another end tag precedes it. */
function afterRaw(html: string, from: number, name: string): number {
  const end = html.indexOf('</', from)
  if (end < 0 || html.slice(end + 2, end + 3 + name.length).toLowerCase() !== `${name}>`) return 0
  return end + 3 + name.length
}

function endOfName(html: string, from: number): number {
  let at = from
  for (; at < html.length; at++) {
    const code = html.charCodeAt(at)
    const isOfName = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 58)
    if (!isOfName) break
  }
  return at
}

/** Returns the offset after the `>` of a start tag, or 0 if its attributes are unusual. */
function endOfTag(html: string, from: number): number {
  let at = from
  for (;;) {
    const gap = at
    while (isSpace(html.charCodeAt(at))) at++
    if (html[at] === '>') return at + 1
    if (html[at] === '/') return html[at + 1] === '>' ? at + 2 : 0
    if (at === gap) return 0
    const nameStart = at
    while (isOfAttribute(html.charCodeAt(at))) at++
    if (at === nameStart) return 0
    if (html[at] !== '=') continue
    const quote = html[at + 1]
    if (quote !== '"' && quote !== "'") return 0
    at = html.indexOf(quote, at + 2) + 1
    if (at === 0) return 0
  }
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

/** Letters, digits, `-`, `:` and `_`. */
function isOfAttribute(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 58) ||
    code === 45 ||
    code === 95
  )
}
