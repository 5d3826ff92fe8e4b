import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Refusal } from './refusal.ts'
import { readTokens, type Token } from './tokens.ts'

const atom = (text: string): Token => ({ kind: 'atom', text })
const string = (text: string): Token => ({ kind: 'string', bytes: Buffer.from(text, 'latin1') })

describe('the arguments of a command', () => {
  it.each<[string, Token[]]>([
    ['1:* (UID FLAGS)', [atom('1:*'), { kind: 'list', items: [atom('UID'), atom('FLAGS')] }]],
    ['"" "*"', [string(''), string('*')]],
    ['"a \\"b\\" \\\\c"', [string('a "b" \\c')]],
    ['BODY.PEEK[HEADER.FIELDS (From "To")]<0.5> X', [atom('BODY.PEEK[HEADER.FIELDS (From "To")]<0.5>'), atom('X')]],
    [
      '+FLAGS.SILENT (\\Seen $MDNSent)',
      [atom('+FLAGS.SILENT'), { kind: 'list', items: [atom('\\Seen'), atom('$MDNSent')] }],
    ],
    ['()', [{ kind: 'list', items: [] }]],
    [
      '((a) (b))',
      [
        {
          kind: 'list',
          items: [
            { kind: 'list', items: [atom('a')] },
            { kind: 'list', items: [atom('b')] },
          ],
        },
      ],
    ],
    ['', []],
  ])('%s', (text, tokens) => {
    expect(readTokens([text])).toEqual(tokens)
  })

  it('can be a literal wherever a string is allowed', () => {
    expect(readTokens(['HEADER Subject ', Buffer.from('a "b"\r\n'), ' SEEN'])).toEqual([
      atom('HEADER'),
      atom('Subject'),
      string('a "b"\r\n'),
      atom('SEEN'),
    ])
  })

  it.each([
    '(',
    ')',
    '(a',
    'a)',
    '"a',
    'BODY[',
    'a"b"',
    '"a"b',
    '(a)(b)',
    'a\u0001',
    'a\rb',
    `${'('.repeat(40)}${')'.repeat(40)}`,
  ])('are refused when malformed: %s', (text) => {
    expect(() => readTokens([text])).toThrow(Refusal)
  })

  it('are either parsed or refused, for any input', () => {
    const piece = fc.oneof(
      fc.string({ unit: fc.constantFrom(...Array.from('()"\\[]{}<>*% ab1\r\n\0\u00ff')), maxLength: 60 }),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        try {
          readTokens(pieces)
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
