import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDomain, isAddress, readLocalPart } from './address.ts'

describe('a mail address', () => {
  it.each([
    'kim@customer.example',
    'a.b+tag@sub.example.co',
    '"a b"@x.example',
    'jürgen@müller.example',
    "o'neil@x.example",
  ])('can be %s', (text) => expect(isAddress(text)).toBe(true))

  it.each([
    '',
    'kim',
    'kim@',
    '@x.example',
    'kim@localhost',
    'a b@x.example',
    'a..b@x.example',
    '.a@x.example',
    'a.@x.example',
    'a@-x.example',
    'a@x.example.',
    'a@b@x.example',
    '<a@x.example>',
    'a@x.example\r\nBcc: b@x.example',
    `${'a'.repeat(65)}@x.example`,
    `a@${'x'.repeat(250)}.example`,
  ])("can't be %j", (text) => expect(isAddress(text)).toBe(false))

  it('never contains a line break, and always splits at its last @', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.emailAddress()), (text) => {
        if (!isAddress(text)) return
        expect(text).not.toMatch(/[\r\n<>]/)
        expect(`${readLocalPart(text)}@${readDomain(text)}`).toBe(
          text.slice(0, text.lastIndexOf('@') + 1) + readDomain(text),
        )
      }),
    ))
})
