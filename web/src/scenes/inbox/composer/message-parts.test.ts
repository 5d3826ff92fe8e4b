import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitMessage, joinMessage } from './message-parts.ts'

const QUOTATION = { text: 'On Monday, Kim wrote:\n> Where is it?', html: '<blockquote>Where is it?</blockquote>' }

describe('the parts of a message', () => {
  it("are joined to the author's text and the quotation below, as text and as HTML", () => {
    expect(joinMessage({ format: 'text', own: 'a < b\n  & c', quotation: QUOTATION })).toEqual({
      text: 'a < b\n  & c\n\nOn Monday, Kim wrote:\n> Where is it?',
      html:
        '<div dir="auto">a &lt; b<br>\n&nbsp; &amp; c</div>\n<br>\n' +
        '<div class="postkey-quotation"><blockquote>Where is it?</blockquote></div>',
    })
  })

  it('are found again in a joined message, for any text', () => {
    const words = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[ \n&<>";a/bdiv]*$/))
    const quotation = fc.record({ text: words, html: words })
    // Same form as from `signatureOf`.
    const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ''))
    const signature = fc.record({
      text: fc
        .array(
          line.filter((text) => text !== ''),
          { minLength: 1, maxLength: 4 },
        )
        .map((lines) => lines.join('\n')),
      html: line,
    })
    const some = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
    fc.assert(
      fc.property(words, some(signature), some(quotation), (own, signed, quoted) => {
        const letter = {
          format: 'text' as const,
          own,
          ...(signed && { signature: signed }),
          ...(quoted && { quotation: quoted }),
        }
        expect(splitMessage(joinMessage(letter))).toEqual(letter)
      }),
    )
  })

  it("written by another program becomes the author's own text", () => {
    expect(splitMessage({ text: 'Hello\n\n> old' })).toEqual({ format: 'text', own: 'Hello\n\n> old' })
    expect(splitMessage({ text: 'Hello', html: '<p>Hello</p>' })).toEqual({ format: 'text', own: 'Hello' })
    expect(splitMessage({})).toEqual({ format: 'text', own: '' })
  })

  it('are HTML alone in a formatted message, and found again', () => {
    const own = '<p>Hello <strong>Kim</strong></p><blockquote><p>x &lt;/div&gt;</p></blockquote>'
    const signature = { text: 'Anna\nSupport', html: '<div>Anna<br />Support</div>' }
    const quotation = { text: 'On Monday, Kim wrote:\nWhere?', html: '<div>On Monday, Kim wrote:</div><p>Where?</p>' }
    for (const parts of [{}, { signature }, { quotation }, { signature, quotation }]) {
      const { text, html } = joinMessage({ format: 'html', own, ...parts })

      expect(text).toBeUndefined()
      expect(splitMessage({ html })).toEqual({ format: 'html', own, ...parts })
    }
  })
})
