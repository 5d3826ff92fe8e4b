import { previewOf, type MessageBody } from '../mail/index.ts'

/** Characters before spaces and entities are made one each; a preview has 255. */
const ENOUGH = 1500
const HIDDEN = /^(?:style|script|title|template|noscript|svg)$/

/**
 * The beginning of a text for a list. The whole sanitizer would cost more time than all else that is read of a message,
 * so tags are stepped over until there is enough, and only that goes through it: it also knows the entities.
 */
export function quickPreview({ type, content }: MessageBody): string {
  return previewOf({ type, content: type === 'html' ? withoutTags(content) : content.slice(0, ENOUGH * 2) })
}

function withoutTags(html: string): string {
  let [text, at] = ['', 0]
  while (at < html.length && text.length < ENOUGH) {
    const tag = html.indexOf('<', at)
    text += html.slice(at, Math.min(tag < 0 ? html.length : tag, at + ENOUGH)).trimStart()
    if (tag < 0) break
    const end = html.startsWith('<!--', tag) ? after(html, '-->', tag) : after(html, '>', tag)
    const [, name = ''] = /^<([a-z]+)/i.exec(html.slice(tag, tag + 12)) ?? []
    at = HIDDEN.test(name.toLowerCase()) ? afterElement(html, name, end) : end
    text += ' '
  }
  return text
}

function afterElement(html: string, name: string, from: number): number {
  const ends = [name, name.toLowerCase(), name.toUpperCase()].map((one) => after(html, `</${one}`, from))
  return after(html, '>', Math.min(...ends))
}

function after(html: string, what: string, from: number): number {
  const found = html.indexOf(what, from)
  return found < 0 ? html.length : found + what.length
}
