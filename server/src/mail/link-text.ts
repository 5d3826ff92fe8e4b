/** Longer addresses stay text. */
const LONGEST_LINK = 2000
const MOST_LINKS = 2000
const ATTRIBUTES = 'target="_blank" rel="noopener noreferrer nofollow"'
const AMPERSAND = '&#38;'

/**
 * Turns addresses in escaped text into links: `https:`, `http:` and `mailto:` alone. An address ends at white space, at a
 * tag and at an escaped character other than `&`. Takes linear time. No pattern matches a whole address, because V8
 * overflows its stack on long matches.
 */
export function linkText(html: string): string {
  let linked = ''
  let copied = 0
  let searched = 0
  let count = 0
  for (const { 0: scheme, index: start } of html.matchAll(/(?<!\w)(?:https?:\/\/|mailto:)/gi)) {
    if (count === MOST_LINKS) break
    // Inside an earlier address.
    if (start < searched) continue
    searched = endOf(html, start)
    if (searched - start > LONGEST_LINK) continue
    const address = withoutEnd(html.slice(start, searched))
    if (address.length <= scheme.length) continue
    count++
    linked += `${html.slice(copied, start)}<a href="${address}" ${ATTRIBUTES}>${address}</a>`
    copied = start + address.length
  }
  return linked + html.slice(copied)
}

/** Returns the offset of the first character after an address. */
function endOf(html: string, start: number): number {
  const end = /[\s<>&]/g
  end.lastIndex = start
  for (let found = end.exec(html); found; found = end.exec(html)) {
    if (!html.startsWith(AMPERSAND, found.index)) return found.index
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
