import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsedText } from './html-text.ts'
import { plainHtmlText } from './plain-html.ts'

const squeezed = (text: string | undefined) => text?.replaceAll(/ {2,}/g, ' ')

const WORDS = fc.constantFrom('word', ' two  words ', '\n', 'ä', '\u00a0', '&nbsp;', '&amp;lt;', '&#8364;', '&#10;', '&lt;', '&uuml;', '') // prettier-ignore
const ATTRIBUTES = fc.constantFrom('', ' class="a > b"', " style='c' nowrap", '\n id="x"\t', ' data-x="&quot;<p>"')
const NAMES = fc.constantFrom('p', 'div', 'span', 'a', 'b', 'li', 'ul', 'table', 'tbody', 'thead', 'tr', 'td', 'th', 'h1', 'h2', 'pre', 'blockquote', 'o:p', 'body', 'head', 'dt', 'dd') // prettier-ignore
const OTHERS = fc.constantFrom('<br>', '<hr/>', '<img src="x">', '<!-- a <b> -->', '<!doctype html>', '<![if !mso]>', '<![endif]>', '<style>p > a {}</style>', '<title>t &amp; u</title>', '<META charset="utf-8" />') // prettier-ignore
/** Pieces that need the parser. */
const STRANGE = fc.constantFrom('<', '>', '"', '</p>', '</br>', '<p', '<script>', '</script>', '<style>', '<title/>', '<!-->', '<!--a--!>', '<![CDATA[x]]>', '&', '&copy', '&valueOf;', '&#128;', '&#0;', '<option>', '<form>', '<svg><title>t</title></svg>', '<textarea>', '<p/>', '<a href=x>', '<div a = "b">', '<image>', '<td', '<?xml ?>') // prettier-ignore

const { html } = fc.letrec<{ html: string }>((tie) => ({
  html: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    WORDS,
    OTHERS,
    fc
      .tuple(NAMES, ATTRIBUTES, fc.array(tie('html'), { maxLength: 4 }))
      .map(([name, more, content]) => `<${name}${more}>${content.join('')}</${name.toUpperCase()}>`),
  ),
}))

describe('the text of well-formed HTML', () => {
  it('equals the text that the parser extracts', () => {
    let read = 0
    fc.assert(
      fc.property(html, (text) => {
        const plain = plainHtmlText(text)
        if (plain === undefined) return
        read++
        expect(squeezed(plain)).toBe(squeezed(parsedText(text)))
      }),
      { numRuns: 3000 },
    )
    expect(read).toBeGreaterThan(1000)
  })

  it('is left to the parser or equals its text when anything strange is inserted', () => {
    fc.assert(
      fc.property(html, fc.array(fc.tuple(fc.nat(), STRANGE), { minLength: 1, maxLength: 3 }), (text, pieces) => {
        const strange = pieces.reduce((all, [at, piece]) => {
          const place = at % (all.length + 1)
          return all.slice(0, place) + piece + all.slice(place)
        }, text)
        const plain = plainHtmlText(strange)
        if (plain !== undefined) expect(squeezed(plain)).toBe(squeezed(parsedText(strange)))
      }),
      { numRuns: 5000 },
    )
  })

  it('is read without the parser for mail of Outlook and Gmail', () => {
    const outlook =
      '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">' +
      '<meta name="Generator" content="Microsoft Word 15 (filtered medium)"><style><!-- p.MsoNormal {margin:0cm} --></style>' +
      '<!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit" /></xml><![endif]--></head><body lang="EN-US" style="word-wrap:break-word">' +
      '<div class="WordSection1"><p class="MsoNormal"><span style="font-size:11.0pt">Hello&nbsp;Kim,<o:p></o:p></span></p></div></body></html>'
    expect(plainHtmlText(outlook)?.trim()).toBe('Hello Kim,')
    const gmail =
      '<div dir="ltr"><div>Hello</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Kim &lt;<a href="mailto:kim@x.example">kim@x.example</a>&gt; wrote:<br></div>' +
      '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">Hi</blockquote></div></div>'
    expect(plainHtmlText(gmail)).toContain('On Mon, Kim <kim@x.example> wrote:')
  })
})
