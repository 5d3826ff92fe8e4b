import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowsReturn, parseReturnUrl } from './return-url-rules.ts'

const allows = (match: 'exact' | 'prefix', url: string, wanted: string) => {
  const parsed = parseReturnUrl(wanted)
  return parsed !== undefined && allowsReturn({ url, match }, parsed)
}

describe('a return URL', () => {
  it.each([
    'http://app.example/done',
    'javascript:alert(1)',
    'data:text/html,x',
    'myapp://done',
    '//app.example/done',
    '/done',
    'https://user@app.example/done',
    'https://app.example:x/done',
    'https://app.example/done#part',
    'https://app.example/done?postkey_result=x',
    'https://app.example/a%2f..%2fb',
    'https://app.example/%2e%2e%5cb',
    'https:\\\\app.example\\done',
    'https://app.example/done\n',
    'https://app\t.example/done',
    'http://localhost.evil.example/',
    'http://127.0.0.1.evil.example/',
    `https://app.example/${'x'.repeat(2000)}`,
  ])('is refused: %s', (text) => expect(parseReturnUrl(text)).toBeUndefined())

  it.each(['https://app.example/done?a=1', 'http://localhost:3000/', 'http://127.0.0.1/x', 'http://[::1]:8/x'])(
    'is accepted: %s',
    (text) => expect(parseReturnUrl(text)?.href).toBe(text),
  )
})

describe('a rule', () => {
  const DONE = 'https://app.example/done'

  it.each([
    ['https://app.example/done', true],
    ['https://app.example:443/done', true],
    ['https://APP.example/done', true],
    ['https://app.example/done?next=1', false],
    ['https://app.example/done/', false],
    ['https://app.example/', false],
    ['https://app.example.evil.example/done', false],
    ['https://evil.example/https://app.example/done', false],
    ['https://app.example:8443/done', false],
  ])('for one address: %s is allowed: %s', (wanted, isAllowed) => expect(allows('exact', DONE, wanted)).toBe(isAllowed))

  it.each([
    ['https://app.example/done', true],
    ['https://app.example/done?next=1', true],
    ['https://app.example/done/42?next=1', true],
    ['https://app.example/done/../done/42', true],
    ['https://app.example/done/../admin', false],
    ['https://app.example/done/%2e%2e/admin', false],
    ['https://app.example/donee', false],
    ['https://app.example/Done', false],
    ['https://app.example@evil.example/done', false],
    ['http://app.example/done', false],
    ['https://xapp.example/done', false],
  ])('for a path: %s is allowed: %s', (wanted, isAllowed) => expect(allows('prefix', DONE, wanted)).toBe(isAllowed))

  it('never allows another origin or a path outside, whatever the text', () => {
    const part = fc.constantFrom(
      '/',
      '..',
      '.',
      '%2e',
      '@',
      ':',
      '?',
      '\\',
      '%5c',
      'done',
      'app.example',
      'evil.example',
    )
    const texts = fc.array(part, { maxLength: 8 }).map((parts) => `https://${parts.join('')}`)
    fc.assert(
      fc.property(texts, (text) => {
        if (!allows('prefix', DONE, text)) return
        const { origin, pathname } = new URL(text)
        expect(origin).toBe('https://app.example')
        expect(`${pathname}/`).toMatch(/^\/done\//)
      }),
      { numRuns: 2000 },
    )
  })
})
