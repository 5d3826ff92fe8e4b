import { createRequire } from 'node:module'
import sanitizeHtml from 'sanitize-html'
import { describe, expect, it } from 'vitest'
import { displayHtml } from './display-html.ts'
import { htmlToText } from './html-text.ts'
import { sanitize } from './sanitize.ts'

const HOSTILE: [string, string][] = [
  ['blocks that never end', `${'<div>'.repeat(100_000)}x${'<blockquote>'.repeat(60_000)}`],
  ['blocks that end', `${'<div>'.repeat(50_000)}x${'</div>'.repeat(50_000)}`],
  ['end tags that end nothing', `${'<div>'.repeat(300)}x${'</span>'.repeat(100_000)}`],
  ['elements of pictures', `x<svg>${'<g>'.repeat(50_000)}`],
  ['what hides its text', `x${'<object>'.repeat(50_000)}`],
  ['styles in a picture', `x<svg>${'<style>'.repeat(50_000)}`],
  ['forms and tables', `x${'<table><tr><td>'.repeat(50_000)}`],
]

/** Returns the maximum number of elements open at the same time in the sanitizer's input. */
function depthOf(html: string): number {
  let [depth, deepest] = [0, 0]
  sanitize(html, {
    nonTextTags: ['object', 'style', 'svg'],
    onOpenTag: () => (deepest = Math.max(deepest, ++depth)),
    onCloseTag: () => depth--,
  })
  return deepest
}

describe('the input of the sanitizer', () => {
  it.each(HOSTILE)('is nested at most 241 deep: %s', (_what, html) => {
    expect(depthOf(html)).toBeLessThanOrEqual(241)
  })

  it.each(HOSTILE)('contains the text of the message: %s', (_what, html) => {
    expect(htmlToText(html)).toContain('x')
    expect(displayHtml(html, { resolveCid: () => undefined }).html).toContain('x')
  })

  it('is unchanged for ordinary mail', () => {
    const html =
      '<p>One<p>two <b>three</b><ul><li>a<li>b</ul><table><tr><td>c<td>d<tr><td>e</table><br><img alt="f">'.repeat(300)

    expect(sanitize(html, {})).toBe(sanitizeHtml(html))
  })

  it('ends at the same position outside of omitted elements', () => {
    const html = `<i>${'<div>'.repeat(400)}<a href="x">deep</a>${'</div>'.repeat(400)}</i><b>after</b>`

    const text = sanitize(html, {})

    expect(text).toMatch(/deep(?:<\/div>)+<\/i><b>after<\/b>$/)
  })

  it('shows no hidden text at any depth', () => {
    const html = `${'<div>'.repeat(5000)}x<style>p{color:red}</style><script>steal()</script><select><option>no</option></select>y`

    expect(htmlToText(html)).toBe('xy')
    expect(displayHtml(html, { resolveCid: () => undefined }).html).not.toMatch(/color|steal|no/)
  })

  it('closes all omitted elements with the element around them', () => {
    const html = `<i>${'<div>'.repeat(199)}<u>${'<b>'.repeat(9)}</u></div>${'</b>'.repeat(3)}</i>after`

    expect(sanitize(html, { allowedTags: ['i', 'b'] })).toBe('<i></i>after')
  })

  it('is parsed by the same release that the sanitizer depends on', () => {
    const require = createRequire(import.meta.url)
    const ofSanitizer = createRequire(require.resolve('sanitize-html'))
    const parserOf = (from: NodeJS.Require) => String((from('htmlparser2') as { Parser: unknown }).Parser)

    expect(parserOf(ofSanitizer)).toBe(parserOf(require))
  })
})
