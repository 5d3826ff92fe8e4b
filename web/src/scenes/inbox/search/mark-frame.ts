import { splitMarked } from './mark-pattern.ts'

const MOST_MARKS = 500
const NAME = 'search'
const STYLE = `::highlight(${NAME}) { background: #ffe066; color: #000 }`

/**
 * Marks found words in the document of a message. Highlights change no element, so the document stays as the server has
 * sanitized it. Browsers without them show it unmarked.
 */
export function markFrame(page: Document, pattern: RegExp | undefined): void {
  const view = page.defaultView
  if (!view || !('highlights' in view.CSS)) return
  view.CSS.highlights.delete(NAME)
  if (!pattern) return
  const ranges: Range[] = []
  const texts = page.createTreeWalker(page.body, view.NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node && ranges.length < MOST_MARKS; node = texts.nextNode()) {
    let at = 0
    for (const [n, part] of splitMarked(node.nodeValue ?? '', pattern).entries()) {
      if (n % 2 === 1) {
        const range = page.createRange()
        range.setStart(node, at)
        range.setEnd(node, at + part.length)
        ranges.push(range)
      }
      at += part.length
    }
  }
  if (ranges.length === 0) return
  view.CSS.highlights.set(NAME, new view.Highlight(...ranges))
  const sheet = new view.CSSStyleSheet()
  sheet.replaceSync(STYLE)
  page.adoptedStyleSheets = [sheet]
}
