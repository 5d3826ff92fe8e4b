import { createPreview, type MessageBody } from '../mail/index.ts'

/** Characters before spaces and entities are made one each; a preview has 255. */
const ENOUGH = 1500
const HIDDEN = /^(?:style|script|title|template|noscript|svg)$/

/**
 * The beginning of a text for a list. The whole sanitizer would cost more time than all else that is read of a message,
 * so tags are stepped over until there is enough, and only that goes through it: it also knows the entities.
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

/** Remembers what lies ahead: searching a whole message anew for each of its tags takes seconds. */
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
