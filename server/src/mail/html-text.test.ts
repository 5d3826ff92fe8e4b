import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodyText, htmlToText, createPreview, textToHtml } from './html-text.ts'

describe('the text of HTML', () => {
  it('has the lines that a reader sees', () => {
    expect(
      htmlToText(
        '<html><head><title>t</title><style>p{color:red}</style></head><body><p>Hello\r\n <b>Kim</b>,</p><p>two<br>lines &amp; more&nbsp;&lt;b&gt;</p>' +
          '<ul><li>one</li><li>two</li></ul><table><tr><td>a</td><td>b</td></tr></table><script>alert(1)</script></body></html>',
      ),
    ).toBe('Hello Kim,\n\ntwo\nlines & more <b>\n\n- one\n- two\n\na\tb')
  })

  it('equals the original text after a conversion to HTML and back', () => {
    const line = fc.stringMatching(/^[\w<>&"';#-]+( [\w<>&"';#-]+)*$/)
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        expect(htmlToText(textToHtml(lines.join('\n')))).toBe(lines.join('\n'))
      }),
    )
  })

  it('contains no markup for any HTML', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('<p>', '<', '>', '</b', '<!--', '-->', 'a', '&lt;', '<script>', '"', '<style>')),
        (pieces) => {
          expect(typeof htmlToText(pieces.join(''))).toBe('string')
        },
      ),
    )
  })
})

describe('a preview', () => {
  it('is one line of at most 255 characters', () => {
    expect(createPreview({ type: 'text', content: 'Hello\r\n\r\nKim' })).toBe('Hello Kim')
    expect(createPreview({ type: 'html', content: '<p>Hello</p><p>Kim</p>' })).toBe('Hello Kim')
    expect(createPreview({ type: 'text', content: `${'a'.repeat(254)}😀b` })).toBe('a'.repeat(254))
  })

  it('has no invisible spaces', () => {
    expect(createPreview({ type: 'html', content: 'Sale&#8199;&zwnj;&#847;&shy; today' }).replace(/\s+/g, ' ')).toBe(
      'Sale today',
    )
  })

  it('keeps text without markup unchanged', () => {
    expect(bodyText({ type: 'text', content: 'a < b' })).toBe('a < b')
  })
})
