import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressFault, recipientsIn, withRecipients, written } from './recipients.ts'

const KIM = { name: 'Kim', address: 'kim@a.example' }

describe('recipients are parsed from typed or pasted text', () => {
  it.each([
    ['kim@a.example', [{ name: '', address: 'kim@a.example' }]],
    ['Kim <kim@a.example>', [KIM]],
    ['Name <a@b.example>, c@d.example; e@f.example', ['a@b.example', 'c@d.example', 'e@f.example']],
    ['"Lee, J. \\"Jay\\"" <lee@b.example>', [{ name: 'Lee, J. "Jay"', address: 'lee@b.example' }]],
    [
      'Doe, Jane <jane@b.example>; Roe, R <r@b.example>',
      [{ name: 'Doe, Jane', address: 'jane@b.example' }, 'r@b.example'],
    ],
    ['kim@a.example lee@b.example\nmax@c.example', ['kim@a.example', 'lee@b.example', 'max@c.example']],
    ['kim@a.example (Kim)', [KIM]],
    ['mailto:kim@a.example', ['kim@a.example']],
    ['<kim@a.example>', ['kim@a.example']],
    ['kim@a.example <kim@a.example>', [{ name: '', address: 'kim@a.example' }]],
    ['Kim <kim@bücher.example>', ['kim@xn--bcher-kva.example']],
    ['"Kim; Lee, all" <all@a.example>', [{ name: 'Kim; Lee, all', address: 'all@a.example' }]],
    [' , ;\n', []],
    ['Kim <kim@a.example', [KIM]],
    ['nobody', [{ name: '', address: 'nobody' }]],
  ])('%s', (text, expected) => {
    expect(recipientsIn(text)).toEqual(
      expected.map((each): unknown => (typeof each === 'string' ? expect.objectContaining({ address: each }) : each)),
    )
  })

  it('without a line break in any of them, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        for (const { name, address } of recipientsIn(text)) expect(name + address).not.toMatch(/\p{Cc}/u)
      }),
    )
  })

  it('recipients survive being formatted and parsed again', () => {
    const name = fc.stringMatching(/^[\p{L}\d"\\,;<>()@. -]{0,30}$/u).map((text) => text.trim())
    fc.assert(
      fc.property(name, (each) => {
        expect(recipientsIn(written({ name: each, address: 'kim@a.example' }))).toEqual([
          { name: each === 'kim@a.example' ? '' : each, address: 'kim@a.example' },
        ])
      }),
    )
  })
})

describe('a recipient is refused with the reason', () => {
  it.each([
    ['nobody', 'noAt'],
    ['@a.example', 'nothingBefore'],
    ['kim@lee@a.example', 'twoAts'],
    ['kim@localhost', 'domain'],
    ['kim@a..example', 'domain'],
    ['kim lee@a.example', 'signs'],
    ['.kim@a.example', 'signs'],
    [`${'k'.repeat(250)}@a.example`, 'tooLong'],
    ['kim+o’r@a.example', 'signs'],
    ["kim.o'r+1@mail.a.example", undefined],
  ])('%s', (address, fault) => {
    expect(addressFault({ address })).toBe(fault)
  })
})

it('each recipient gets a message once', () => {
  const twice = { name: 'K.', address: 'KIM@a.example' }

  expect(withRecipients([KIM], [twice, { name: '', address: 'lee@b.example' }])).toEqual([
    KIM,
    { name: '', address: 'lee@b.example' },
  ])
})
