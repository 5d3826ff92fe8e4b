import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureGrowth, LINEAR } from '../../test/kit/index.ts'
import { answerTo, formatMessageIds, isMessageId, newMessageId, parseMessageIds } from './message-ids.ts'

const id = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,40}$/), fc.stringMatching(/^[a-z0-9.-]{1,30}$/))
  .map(([local, domain]) => `${local}@${domain}`)

describe('the message ids of a header field', () => {
  it.each([
    ['<a@x> <b@y>', ['a@x', 'b@y']],
    ['<a@x>\r\n\t<b@y>', ['a@x', 'b@y']],
    ['<a@x><b@y>', ['a@x', 'b@y']],
    ['<a@x> (comment) "phrase" <b@y> Tue, 1 Jan', ['a@x', 'b@y']],
    ['<long@\r\n broken.example>', ['long@broken.example']],
    ['a@x b@y', ['a@x', 'b@y']],
    ['<a@x> <a@x>', ['a@x']],
    ['<no-at-sign>', ['no-at-sign']],
    ['Your message of Tuesday', []],
    ['<>', []],
    ['<<a@x>>', ['a@x']],
    ['<a@x', []],
    ['', []],
  ])('are read from %j', (field, ids) => {
    expect(parseMessageIds(field)).toEqual(ids)
  })

  it('are the same after formatting and parsing', () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 30 }), (ids) => {
        expect(parseMessageIds(formatMessageIds(ids))).toEqual(ids)
      }),
    )
  })

  it('are valid ids or empty for any field', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom('<', '>', '@', 'a', ' ', '\n', '\0', '(') }),
        ),
        (field) => {
          const ids = parseMessageIds(field)
          expect(ids.every(isMessageId)).toBe(true)
          expect(new Set(ids).size).toBe(ids.length)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('are limited to two hundred, the first and the latest', () => {
    const ids = parseMessageIds(Array.from({ length: 1000 }, (_, number) => `<${number}@x>`).join(' '))

    expect(ids).toHaveLength(200)
    expect([ids[0], ids[1], ids.at(-1)]).toEqual(['0@x', '801@x', '999@x'])
  })

  it.each(['<', '<a'])('are parsed in time proportional to the length of a field of %j', (piece) => {
    expect(measureGrowth((length) => parseMessageIds(piece.repeat(length / piece.length)))).toBeLessThan(LINEAR)
  })
})

describe('a new message id', () => {
  it('is in the domain of the sender address, and unique', () => {
    expect(newMessageId('support@Contoso.Example')).toMatch(/^[0-9a-f-]{36}@contoso\.example$/)
    expect(newMessageId('a@bücher.example')).toMatch(/@xn--bcher-kva\.example$/)
    expect(newMessageId('a@x.example')).not.toBe(newMessageId('a@x.example'))
  })

  it.each(['support', 'a@x\r\nBcc: b@y', 'a@', 'a@x y', 'a@>'])('is refused for %j', (address) => {
    expect(() => newMessageId(address)).toThrow(expect.objectContaining({ code: 'mail.header_refused' }) as Error)
  })
})

describe('a reply', () => {
  it('name the message and all its ancestors', () => {
    expect(answerTo({ messageId: 'c', inReplyTo: ['b'], references: ['a', 'b'] })).toEqual({
      inReplyTo: ['c'],
      references: ['a', 'b', 'c'],
    })
  })

  it('name the single parent of a message without References', () => {
    expect(answerTo({ messageId: 'b', inReplyTo: ['a'], references: [] }).references).toEqual(['a', 'b'])
    // With several In-Reply-To ids, the parent is ambiguous (RFC 5322 §3.6.4).
    expect(answerTo({ messageId: 'c', inReplyTo: ['a', 'b'], references: [] }).references).toEqual(['c'])
  })

  it('keep the beginning and end of a very long conversation', () => {
    const references = Array.from({ length: 300 }, (_, number) => String(number))

    const answer = answerTo({ messageId: 'last', inReplyTo: [], references })

    expect(answer.references).toHaveLength(50)
    expect([answer.references[0], answer.references.at(-1)]).toEqual(['0', 'last'])
  })
})
