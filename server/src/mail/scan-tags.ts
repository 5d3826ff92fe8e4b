export interface HtmlTag {
  /** Name in lower case. */
  name: string
  isEnd: boolean
  start: number
  /** Offset after its `>`. */
  end: number
}

const NAME = /^<(\/?)([a-z][a-z0-9]{0,30})(?![a-z0-9])/i
const LONGEST_NAME = 34

/** Returns all tags of HTML in one pass. A tag without `>` ends the scan. */
export function scanTags(html: string): HtmlTag[] {
  const tags: HtmlTag[] = []
  let at = html.indexOf('<')
  while (at >= 0) {
    const [, slash, name] = NAME.exec(html.slice(at, at + LONGEST_NAME)) ?? []
    if (name === undefined) {
      at = html.indexOf('<', at + 1)
      continue
    }
    const end = html.indexOf('>', at)
    if (end < 0) break
    tags.push({ name: name.toLowerCase(), isEnd: slash === '/', start: at, end: end + 1 })
    at = html.indexOf('<', end)
  }
  return tags
}
