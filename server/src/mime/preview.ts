import { createPreview, type MessageBody } from '../mail/index.ts'

/** Number of characters extracted before spaces and entities shrink to one each; a preview has 255. */
const ENOUGH = 1500
const HIDDEN = /^(?:style|script|title|template|noscript|svg)$/

/**
 * Returns the beginning of a text for a list. The whole sanitizer would take more time than the rest of the parsing.
 * Tags are therefore skipped until there is enough text, and only that text is sanitized, which also decodes entities.
 */
export function quickPreview({ type, content }: MessageBody): string {
  return createPreview({ type, content: type === 'html' ? withoutTags(content) : content.slice(0, ENOUGH * 2) })
}

function withoutTags(html: string): string {
  const find = createFinder(html)
  let [text, at] = ['', 0]
  while (at < html.length && text.length < ENOUGH) {
    const tag = find('<', at)
    text += html.slice(at, Math.min(tag, at + ENOUGH)).trimStart()
    if (tag === html.length) break
    const end = html.startsWith('<!--', tag) ? find('-->', tag) + 3 : find('>', tag) + 1
    const [, name = ''] = /^<([a-z]+)/i.exec(html.slice(tag, tag + 12)) ?? []
    at = HIDDEN.test(name.toLowerCase()) ? afterElement(find, name, end) : end
    text += ' '
  }
  return text
}

type Find = (what: string, from: number) => number

function afterElement(find: Find, name: string, from: number): number {
  const ends = [name, name.toLowerCase(), name.toUpperCase()].map((one) => find(`</${one}`, from))
  return find('>', Math.min(...ends)) + 1
}

/** Creates a search that remembers the next hit: searching a whole message for each of its tags takes seconds. */
function createFinder(html: string): Find {
  const ahead = new Map<string, number>()
  return (what, from) => {
    const known = ahead.get(what)
    if (known !== undefined && known >= from) return known
    const found = html.indexOf(what, from)
    const at = found < 0 ? html.length : found
    ahead.set(what, at)
    return at
  }
}
