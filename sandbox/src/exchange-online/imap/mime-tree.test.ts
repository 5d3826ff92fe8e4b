import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureGrowth, LINEAR } from '../../../test/growth.ts'
import { bodyStructure } from './body-structure.ts'
import { formatEnvelope } from './envelope.ts'
import { readFetchItems } from './fetch-items.ts'
import { Arguments } from './arguments.ts'
import { readMimeTree } from './mime-tree.ts'
import { sectionBytes } from './section-bytes.ts'
import { readTokens } from './tokens.ts'

const LETTER = Buffer.from(
  [
    'From: =?utf-8?Q?Kim_K=C3=BChn?= <kim@customer.example>',
    'To: Anna <anna@contoso.example>, "Team, All": a@x.example, b@x.example;',
    'Subject: Nested',
    'Content-Type: multipart/mixed; boundary="outer"',
    '',
    'before the parts',
    '--outer',
    'Content-Type: multipart/alternative; boundary=inner',
    '',
    '--inner',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'plain',
    '--inner',
    'Content-Type: text/html',
    'Content-Language: de, en',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    '<p>html</p>',
    '--inner--',
    '',
    '--outer',
    'Content-Type: message/rfc822',
    'Content-Disposition: attachment; filename="in.eml"',
    '',
    'From: inside@x.example',
    'Subject: Inside',
    '',
    'the inside',
    '--outer',
    'Content-Type: application/pdf; name=a.pdf',
    'Content-Transfer-Encoding: base64',
    'Content-Id: <one@x>',
    '',
    'AAAA',
    '--outer--',
    'after the parts',
  ].join('\r\n'),
)

function section(name: string, bytes = LETTER): string | undefined {
  const [item] = readFetchItems(new Arguments(readTokens([`BODY[${name}]`])))
  if (item?.kind !== 'section') throw new TypeError('no section')
  return sectionBytes({ bytes, tree: () => readMimeTree(bytes) }, item.section)?.toString('latin1')
}

describe('the sections of a message', () => {
  it.each([
    ['1.1', 'plain'],
    ['1.2', '<p>html</p>'],
    [
      '1.2.MIME',
      'Content-Type: text/html\r\nContent-Language: de, en\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n',
    ],
    ['2', 'From: inside@x.example\r\nSubject: Inside\r\n\r\nthe inside'],
    ['2.HEADER', 'From: inside@x.example\r\nSubject: Inside\r\n\r\n'],
    ['2.TEXT', 'the inside'],
    ['2.1', 'the inside'],
    ['2.HEADER.FIELDS (SUBJECT)', 'Subject: Inside\r\n\r\n'],
    ['3', 'AAAA'],
    ['HEADER.FIELDS (subject x-none)', 'Subject: Nested\r\n\r\n'],
    ['4', undefined],
    ['1.3', undefined],
    ['3.1', undefined],
    ['2.1.1', undefined],
    ['3.HEADER', undefined],
  ])('%s', (name, text) => {
    expect(section(name)).toBe(text)
  })

  it('together contain the whole message: header and text', () => {
    expect(`${section('HEADER')}${section('TEXT')}`).toBe(LETTER.toString('latin1'))
    expect(section('')).toBe(LETTER.toString('latin1'))
    const not = section('HEADER.FIELDS.NOT (SUBJECT FROM TO)')
    expect(not).toBe('Content-Type: multipart/mixed; boundary="outer"\r\n\r\n')
  })

  it('include part 1 in a message without parts', () => {
    const plain = Buffer.from('Subject: Plain\r\n\r\nwords')
    expect([section('1', plain), section('2', plain), section('1.1', plain)]).toEqual(['words', undefined, undefined])
  })

  it('are found in a multipart message without a closing delimiter', () => {
    const cut = Buffer.from('Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo')
    expect([section('1', cut), section('2', cut)]).toEqual(['one', 'two'])
  })
})

describe('the structure of a message', () => {
  it('describes every part', () => {
    expect(bodyStructure(LETTER, readMimeTree(LETTER), true)).toBe(
      '((("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 5 0 NIL NIL NIL NIL)' +
        '("text" "html" ("charset" "us-ascii") NIL NIL "quoted-printable" 11 0 NIL NIL ("de" "en") NIL) "alternative" ("boundary" "inner") NIL NIL NIL)' +
        '("message" "rfc822" NIL NIL NIL "7bit" 53 (NIL "Inside" ((NIL NIL "inside" "x.example")) ((NIL NIL "inside" "x.example")) ((NIL NIL "inside" "x.example")) NIL NIL NIL NIL NIL)' +
        ' ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 10 0 NIL NIL NIL NIL) 3 NIL ("attachment" ("filename" "in.eml")) NIL NIL)' +
        '("application" "pdf" ("name" "a.pdf") "<one@x>" NIL "base64" 4 NIL NIL NIL NIL) "mixed" ("boundary" "outer") NIL NIL NIL)',
    )
  })

  it('contains the addresses with their groups, with encoded names', () => {
    expect(formatEnvelope(readMimeTree(LETTER).fields)).toBe(
      '(NIL "Nested" (("=?utf-8?Q?Kim_K=C3=BChn?=" NIL "kim" "customer.example")) ' +
        '(("=?utf-8?Q?Kim_K=C3=BChn?=" NIL "kim" "customer.example")) (("=?utf-8?Q?Kim_K=C3=BChn?=" NIL "kim" "customer.example")) ' +
        '(("Anna" NIL "anna" "contoso.example")(NIL NIL "Team, All" NIL)(NIL NIL "a" "x.example")(NIL NIL "b" "x.example")(NIL NIL NIL NIL)) ' +
        'NIL NIL NIL NIL)',
    )
  })

  it('exists for any input, and can be parsed again', () => {
    const line = fc.constantFrom('--b', '--b--', '', 'Content-Type: multipart/mixed; boundary=b', 'Content-Type: message/rfc822', 'From: "a(b" <c@d>', 'To: x:;', 'Subject: \u00ff"\\', 'text', ' folded') // prettier-ignore
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.constantFrom('\r\n', '\n'), (lines, end) => {
        const bytes = Buffer.from(lines.join(end), 'latin1')
        const tree = readMimeTree(bytes)
        expect(balance(bodyStructure(bytes, tree, true))).toBe(0)
        expect(balance(formatEnvelope(tree.fields))).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  it('stays small for a message that consists only of nested parts', () => {
    const deep = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(3000)
    expect(bodyStructure(Buffer.from(deep), readMimeTree(Buffer.from(deep)), true).length).toBeLessThan(100_000)
    const many = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(50_000)}`
    expect(bodyStructure(Buffer.from(many), readMimeTree(Buffer.from(many)), true).length).toBeLessThan(100_000)
  })

  it.each([
    ['nested parts', 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'],
    ['adjacent parts', '--b\r\n\r\nx\r\n'],
  ])('takes time proportional to the length of %s', (_, part) => {
    const growth = measureGrowth((length) => {
      const opening = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n'
      const bytes = Buffer.from(opening + part.repeat(length / part.length))
      return bodyStructure(bytes, readMimeTree(bytes), true)
    })
    expect(growth).toBeLessThan(LINEAR)
  })
})

/** Nesting depth of parentheses outside of quotes and literals; not 0 when the text is incomplete. */
function balance(text: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const literal = /^\{(\d+)\}\r\n/.exec(text.slice(i, i + 20))
    if (literal) i += literal[0].length + Number(literal[1]) - 1
    else if (text[i] === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++
    } else if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
  }
  return depth
}
