import type { HtmlTag } from './scan-tags.ts'

/** Longer addresses stay text. */
const LONGEST_LINK = 2000
const MOST_LINKS = 2000
const ATTRIBUTES = 'target="_blank" rel="noopener noreferrer nofollow"'
/** As `escapeHtml` writes it, and as the sanitizer does. */
const AMPERSANDS = ['&#38;', '&amp;']

/**
 * Turns addresses in escaped text into links: `https:`, `http:` and `mailto:` alone. An address ends at white space, a
 * quotation mark, a tag, and an escaped character other than `&`. Takes linear time. No pattern matches a whole address,
 * because V8 overflows its stack on long matches.
 */
export function linkText(html: string, budget = { links: MOST_LINKS }): string {
  let linked = ''
  let copied = 0
  let searched = 0
  for (const { 0: scheme, index: start } of html.matchAll(/(?<!\w)(?:https?:\/\/|mailto:)/gi)) {
    if (budget.links === 0) break
    // Inside an earlier address.
    if (start < searched) continue
    searched = endOf(html, start)
    if (searched - start > LONGEST_LINK) continue
    const address = withoutEnd(html.slice(start, searched))
    if (address.length <= scheme.length) continue
    budget.links--
    linked += `${html.slice(copied, start)}<a href="${address}" ${ATTRIBUTES}>${address}</a>`
    copied = start + address.length
  }
  return linked + html.slice(copied)
}

/**
 * Turns addresses in sanitized HTML into links, except inside existing links: Exchange converts plain text to HTML without
 * any. Takes linear time.
 */
export function linkHtml(html: string, tags: readonly HtmlTag[]): string {
  const budget = { links: MOST_LINKS }
  let linked = ''
  let copied = 0
  let isInLink = false
  for (const { name, isEnd, start, end } of tags) {
    const text = html.slice(copied, start)
    linked += (isInLink ? text : linkText(text, budget)) + html.slice(start, end)
    copied = end
    if (name === 'a') isInLink = !isEnd
  }
  return linked + linkText(html.slice(copied), budget)
}

/** Returns the offset of the first character after an address. */
function endOf(html: string, start: number): number {
  // The sanitizer leaves quotation marks in texts as they are: one would end the attribute.
  const end = /[\s<>&"']/g
  end.lastIndex = start
  for (let found = end.exec(html); found; found = end.exec(html)) {
    if (!AMPERSANDS.some((each) => html.startsWith(each, found.index))) return found.index
  }
  return html.length
}

/** Punctuation after an address belongs to the sentence, except a bracket that the address opens. */
function withoutEnd(found: string): string {
  const bracket = found.indexOf('(')
  let end = found.length
  while (end > 0 && /[.,:!?)\]}*_]/.test(found[end - 1]!)) {
    if (found[end - 1] === ')' && bracket >= 0 && bracket < end) break
    end--
  }
  return found.slice(0, end)
}
