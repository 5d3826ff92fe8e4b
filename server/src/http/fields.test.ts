import { describe, expect, it } from 'vitest'
import { line, name } from './fields.ts'

describe('a display name', () => {
  it.each([
    ['a line separator', 'Sales\u2028Bcc: b'],
    ['a paragraph separator', 'Sales\u2029b'],
    ['an override of direction, which shows another name', 'Sales \u202egnp.exe'],
    ['an isolate that nobody ends', 'Sales\u2066'],
    ['a mark of direction', '\u200fSales'],
  ])('refuses %s', (_which, text) => {
    expect(name.safeParse(text).success).toBe(false)
  })

  it('accepts right-to-left names', () => {
    expect(name.parse('תמיכה')).toBe('תמיכה')
  })
})

describe.each([
  ['a name', name],
  ['a line', line],
])('%s', (_what, field) => {
  it.each([
    ['NUL, which PostgreSQL cannot keep', 'a\0b'],
    ['the first half of a surrogate pair alone', 'a\ud83d'],
    ['the second half alone', 'a\ude00b'],
    ['another line', 'a\r\nBcc: b'],
  ])('refuses %s', (_which, text) => {
    expect(field.safeParse(text).success).toBe(false)
  })

  it.each(['Zoë', '山田 太郎', '😀 Support', "O'Brien <Sales>"])('accepts %s', (text) => {
    expect(field.parse(text)).toBe(text)
  })
})
