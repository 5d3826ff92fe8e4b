import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanFileName, cleanLine } from './clean-names.ts'

describe('names in received mail', () => {
  it.each([
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['a\r\nBcc: b', 'a Bcc: b'],
    ['pay\u200bpal', 'paypal'],
    ['a\u0085b\u2028c\u0000d', 'a b c d'],
    ['\u2067x\u2069', 'x'],
    ['Zürich 東京 👩‍🚀 می‌خواهم \u200fשלום', 'Zürich 東京 👩‍🚀 می‌خواهم \u200fשלום'],
  ])('are shown unchanged when harmless: %j', (given, shown) => {
    expect(cleanLine(given)).toBe(shown)
  })

  it('become file names without paths and invisible characters', () => {
    expect(cleanFileName('..\\a/b\u200e\u200d.pdf')).toBe('..-a-b.pdf')
  })

  it('become one line without reordering characters, and a second cleaning changes nothing', () => {
    const hostile = fc.string({ unit: fc.oneof(fc.constantFrom('\u202e', '\n', '\u200b', '/', 'é'), fc.string({ maxLength: 3 })) }) // prettier-ignore
    fc.assert(
      fc.property(hostile, (text) => {
        expect(cleanFileName(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b/\\]/u)
        expect(cleanLine(cleanLine(text))).toBe(cleanLine(text))
      }),
    )
  })
})
