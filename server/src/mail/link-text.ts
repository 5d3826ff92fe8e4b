/** Longer addresses stay text. */
const LONGEST_LINK = 2000
const MOST_LINKS = 2000
const ATTRIBUTES = 'target="_blank" rel="noopener noreferrer nofollow"'

/**
 * Turns addresses in escaped text into links: `https:`, `http:` and `mailto:` alone. An address ends at white space, at a
 * tag and at an escaped character other than `&`. Takes linear time.
 */
export function linkText(html: string): string {
  let count = 0
  return html.replaceAll(/(?<!\w)(?:https?:\/\/|mailto:)(?:&#38;|[^\s<>&])+/gi, (found) => {
    const address = withoutEnd(found)
    if (address.length > LONGEST_LINK || /^(?:https?:\/\/|mailto:)$/i.test(address) || ++count > MOST_LINKS)
      return found
    return `<a href="${address}" ${ATTRIBUTES}>${address}</a>${found.slice(address.length)}`
  })
}

/** Punctuation after an address belongs to the sentence, except a bracket that the address opens. */
function withoutEnd(found: string): string {
  let end = found.length
  while (end > 0 && /[.,:!?)\]}*_]/.test(found[end - 1]!)) {
    if (found[end - 1] === ')' && found.slice(0, end).includes('(')) break
    end--
  }
  return found.slice(0, end)
}
