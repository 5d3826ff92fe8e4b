import { describe, expect, it } from 'vitest'
import { measureGrowth, LINEAR } from '../../test/kit/index.ts'
import type { Address } from './address.ts'
import { isMisleading, findSenderWarnings, senderName } from './sender-warnings.ts'

const kim = (name = 'Kim', address = 'kim@customer.example'): Address => ({ name, address })
const kinds = (from: Address | undefined, more: { replyTo?: Address[]; senders?: Address[] } = {}) =>
  findSenderWarnings({ from, replyTo: more.replyTo ?? [], marks: { senders: more.senders } }).map(({ kind }) => kind)

describe('sender warnings', () => {
  it('are absent for ordinary mail', () => {
    expect(kinds(kim())).toEqual([])
    expect(kinds(kim('kim@customer.example'))).toEqual([])
    expect(kinds(kim('KIM@Customer.example'), { replyTo: [kim('', 'team@mail.customer.example')] })).toEqual([])
    expect(kinds(kim('Kim @ Customer'))).toEqual([])
    expect(kinds(undefined)).toEqual([])
  })

  it('name all From addresses', () => {
    const senders = [kim(), kim('', 'ceo@contoso.example')]
    expect(findSenderWarnings({ from: senders[0], replyTo: [], marks: { senders } })).toEqual([
      { kind: 'several_senders', value: 'kim@customer.example, ceo@contoso.example' },
    ])
  })

  it.each([
    'ceo@contoso.example',
    'The CEO (ceo@contoso.example)',
    '"ceo@contoso.example" via Mail',
    'ceo＠contoso.example',
    'ＣＥＯ@contoso.example',
    'kim@customer.example, ceo@contoso.example',
  ])('name the other address in a display name: %s', (name) => {
    expect(kinds(kim(name))).toEqual(['name_shows_address'])
    expect(isMisleading(kim(name))).toBe(true)
  })

  it.each([
    ['a Cyrillic letter in a Latin word', 'kim@pаypal.example'],
    ['the same in Punycode', 'kim@xn--pypal-4ve.example'],
    ['a Cyrillic word of Latin shapes', 'kim@xn--80ak6aa92e.com'],
    ['a Greek letter', 'kim@micrοsoft.example'],
    ['a phonetic letter', 'kim@ɡoogle.example'],
    ['a dotless i', 'kim@mıcrosoft.example'],
    ['full-width letters', 'kim@ｐａｙｐａｌ.example'],
    ['Punycode that does not decode', 'kim@xn--99999999999.example'],
    ['a subdomain', 'kim@xn--pypal-4ve.customer.example'],
  ])('name a lookalike domain with %s', (_, address) => {
    expect(kinds(kim('Kim', address))).toEqual(['lookalike_domain'])
    expect(isMisleading(kim('Kim', address))).toBe(true)
  })

  it.each([
    'kim@münchen.example',
    'kim@xn--mnchen-3ya.example',
    'kim@café.fr',
    'kim@пример.рф',
    'kim@новости.example',
    'kim@例え.jp',
    'kim@łódź.pl',
    'kim@ısıtma.com.tr',
    'kim@straße.de',
  ])('are absent for an ordinary international domain: %s', (address) => {
    expect(kinds(kim('Kim', address))).toEqual([])
  })

  it.each([
    ['kim@customer.example', 'kim@gmail.com'],
    ['kim@a.co.uk', 'kim@b.co.uk'],
    ['kim@customer.example', 'kim@customer.example.evil.example'],
  ])("name a Reply-To address outside of the sender's organization: %s → %s", (from, replyTo) => {
    expect(kinds(kim('Kim', from), { replyTo: [kim('Kim', replyTo)] })).toEqual(['reply_to_elsewhere'])
  })

  it.each(['@', 'a@', 'xn--', '.', 'а', '＠', '"', ' '])(
    'take time proportional to the length of names and domains of %j',
    (piece) => {
      const growth = measureGrowth((length) => {
        const text = piece.repeat(length / piece.length)
        kinds(kim(text, `kim@${text}`), { replyTo: [kim('', `kim@${text}`)] })
      })
      expect(growth).toBeLessThan(LINEAR)
    },
  )
})

it('the name of a sender is the address if the name misleads, with its domain in ASCII', () => {
  expect(senderName(kim(' Kim '))).toBe('Kim')
  expect(senderName(kim(' '))).toBe('kim@customer.example')
  expect(senderName(kim('ceo@contoso.example'))).toBe('kim@customer.example')
  expect(senderName(kim('Kim', 'Kim@pаypal.example'))).toBe('Kim@xn--pypal-4ve.example')
  expect(senderName(kim('', 'no address'))).toBe('no address')
})
