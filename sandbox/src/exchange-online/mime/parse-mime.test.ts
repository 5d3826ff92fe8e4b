import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { htmlToText, messageIds, parseMime, createPreview, readHeaderBlock } from './index.ts'

describe('parsing MIME', () => {
  it('never throws, for any bytes', () =>
    fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 2000 }), brokenMail()), async (bytes) => {
        const { content, attachments } = await parseMime(bytes)

        expect(content.subject).not.toMatch(/[\r\n]/)
        expect(attachments.every(({ name }) => name !== '' && !/[\r\n]/.test(name))).toBe(true)
      }),
      { numRuns: 300 },
    ))

  it('keeps as much as possible of a message with an extreme number of parts', async () => {
    const part = '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'
    const mime = mail(['Subject: Many', 'Content-Type: multipart/mixed; boundary=b'], `${part.repeat(2000)}--b--\r\n`)

    const { content, problem } = await parseMime(mime)

    expect(content.subject).toBe('Many')
    expect(content.body.content).toContain('--b')
    expect(problem).toBeDefined()
  })

  it('reads a letter in ISO-2022-JP', async () => {
    const words = '\x1b$B$3$s$K$A$O\x1b(B'
    const { content } = await parseMime(
      mail(
        ['Subject: =?ISO-2022-JP?B?GyRCJDMkcyRLJEEkTxsoQg==?=', 'Content-Type: text/plain; charset=ISO-2022-JP'],
        words,
      ),
    )

    expect(content.subject).toBe('こんにちは')
    expect(content.body.content).toBe('こんにちは')
  })

  it('keeps header fields in order, with names as received, unfolded and not decoded', async () => {
    const { content } = await parseMime(
      mail(
        [
          'Received: from a\r\n\tby b;\r\n Mon, 5 Jan 2026 10:00:00 +0100',
          'X-CUSTOM:  two  spaces ',
          'received: from c',
          'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
        ],
        'hi',
      ),
    )

    expect(content.headers).toEqual([
      { name: 'Received', value: 'from a\tby b; Mon, 5 Jan 2026 10:00:00 +0100' },
      { name: 'X-CUSTOM', value: 'two  spaces' },
      { name: 'received', value: 'from c' },
      { name: 'Subject', value: '=?utf-8?Q?Gr=C3=BC=C3=9Fe?=' },
    ])
    expect(content.subject).toBe('Grüße')
  })

  it.each([
    ['<a@x> <b@y>', ['<a@x>', '<b@y>']],
    ['<a@x>\t(comment) <b@y>', ['<a@x>', '<b@y>']],
    ['a@x, b@y', ['<a@x>', '<b@y>']],
    ['', []],
  ])('reads the message ids in %j', (value, ids) => {
    expect(messageIds(value)).toEqual(ids)
  })

  it.each([
    ['Mon, 5 Jan 2026 10:00:00 +0100 (CET)', Date.UTC(2026, 0, 5, 9)],
    ['5 Jan 26 10:00 GMT', Date.UTC(2026, 0, 5, 10)],
    ['next Tuesday', undefined],
    ['Mon, 5 Jan 99999 10:00:00 +0000', undefined],
  ])('reads the date %j', async (date, sentAt) => {
    expect((await parseMime(mail([`Date: ${date}`], ''))).content.sentAt).toBe(sentAt)
  })

  it.each([
    [['Importance: High'], 'high'],
    [['X-Priority: 5 (Lowest)'], 'low'],
    [['Priority: urgent'], 'high'],
    [['X-Priority: 1', 'Importance: low'], 'low'],
    [[], 'normal'],
  ])('reads the importance from %j', async (fields, importance) => {
    expect((await parseMime(mail(fields, ''))).content.importance).toBe(importance)
  })

  it('distinguishes inline images, files, attached messages and unnamed parts', async () => {
    const { attachments, content } = await parseMime(mail(MIXED.fields, MIXED.body))

    expect(content.body).toEqual({ contentType: 'html', content: '<img src="cid:logo">' })
    expect(
      attachments.map(({ kind, name, contentType, isInline, contentId }) => [
        kind,
        name,
        contentType,
        isInline,
        contentId,
      ]),
    ).toEqual([
      ['file', 'logo.png', 'image/png', true, 'logo'],
      ['file', 'rechnung_ü.pdf', 'application/pdf', false, undefined],
      ['item', 'Grüße', 'message/rfc822', false, undefined],
      ['file', 'winmail.dat', 'application/ms-tnef', false, undefined],
      ['file', 'ATT00005.ics', 'text/calendar', false, undefined],
    ])
    expect(Buffer.from(attachments[2]!.content).toString()).toContain('Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=')
  })

  it('leaves HTML unchanged: image references and links stay', async () => {
    const html = '<a href="https://x.example">x</a><img src="cid:none"><img src="https://x.example/pixel.gif">'
    const { content } = await parseMime(mail(['Content-Type: text/html'], html))

    expect(content.body.content).toBe(html)
  })

  it('names author and sender of a message sent on behalf', async () => {
    const { content } = await parseMime(
      mail(
        [
          'From: Support <support@contoso.example>',
          'Sender: anna@contoso.example',
          'To: Team: a@x.example, B <b@x.example>;',
        ],
        '',
      ),
    )

    expect(content.from).toEqual({ name: 'Support', address: 'support@contoso.example' })
    expect(content.sender).toEqual({ name: 'anna@contoso.example', address: 'anna@contoso.example' })
    expect(content.to.map(({ address }) => address)).toEqual(['a@x.example', 'b@x.example'])
  })
})

describe('reading the header block', () => {
  it('finds the body after the first empty line, with either line break', () => {
    expect(readHeaderBlock(Buffer.from('A: 1\r\n\r\nbody')).bodyStart).toBe(8)
    expect(readHeaderBlock(Buffer.from('A: 1\n\nbody')).bodyStart).toBe(6)
    expect(readHeaderBlock(Buffer.from('\r\nbody'))).toEqual({ fields: [], bodyStart: 2 })
    expect(readHeaderBlock(Buffer.from('A: 1')).fields).toEqual([{ name: 'A', value: '1' }])
  })

  it('decodes header bytes as UTF-8, and as Latin-1 when they are invalid', () => {
    expect(readHeaderBlock(Buffer.from('A: Grüße\n\n', 'utf8')).fields[0]?.value).toBe('Grüße')
    expect(readHeaderBlock(Buffer.from('A: Grüße\n\n', 'latin1')).fields[0]?.value).toBe('Grüße')
  })

  it('skips lines that are not fields', () => {
    expect(readHeaderBlock(Buffer.from('From anna Mon Jan 5\nA b: 1\n: 2\nC: 3\n\n')).fields).toEqual([
      { name: 'C', value: '3' },
    ])
  })
})

describe('the text of HTML', () => {
  it('equals the visible text', () => {
    const html = `<html><head><title>T</title><style>p{}</style></head><body><!-- note --><p>One&nbsp;&amp;
      two</p><script>alert(1)</script><ul><li>a</li><li>b</li></ul>&#252;&#x1F600;&unknown;</body>`

    expect(htmlToText(html)).toBe('One\u00a0& two\n\na\n\nb\n\nü😀&unknown;')
  })

  it('ends even when the markup does not', () => {
    expect(htmlToText('a<b')).toBe('a')
    expect(htmlToText('a<style>b')).toBe('a')
    expect(htmlToText('a<!-- b')).toBe('a')
    expect(htmlToText('1 < 2 and 3 > 2')).not.toContain('<')
  })

  it('has a preview of 255 characters, without a split surrogate pair', () => {
    expect(createPreview({ contentType: 'text', content: '😀'.repeat(200) })).toBe('😀'.repeat(127))
    expect(
      createPreview({ contentType: 'html', content: `<style>${'x'.repeat(9999)}</style><p>Hi</p><p>there</p>` }),
    ).toBe('Hi\r\nthere')
  })
})

const MIXED = {
  fields: ['Content-Type: multipart/mixed; boundary=outer'],
  body: [
    '--outer',
    'Content-Type: multipart/related; boundary=inner',
    '',
    '--inner',
    'Content-Type: text/html',
    '',
    '<img src="cid:logo">',
    '--inner',
    'Content-Type: image/png; name=logo.png',
    'Content-ID: <logo>',
    'Content-Transfer-Encoding: base64',
    '',
    'AQID',
    '--inner--',
    '--outer',
    'Content-Type: application/pdf',
    "Content-Disposition: attachment; filename*=utf-8''rechnung_%C3%BC.pdf",
    '',
    'pdf',
    '--outer',
    'Content-Type: message/rfc822',
    'Content-Disposition: inline',
    '',
    'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
    '',
    'enclosed',
    '--outer',
    'Content-Type: application/ms-tnef; name=winmail.dat',
    '',
    'tnef',
    '--outer',
    'Content-Type: text/calendar; method=REQUEST',
    '',
    'BEGIN:VCALENDAR',
    '--outer--',
    '',
  ].join('\r\n'),
}

function mail(fields: readonly string[], body: string): Uint8Array {
  return Buffer.from(`${fields.join('\r\n')}\r\n\r\n${body}`, 'latin1')
}

/** Bytes similar to mail, with one part cut out and another duplicated. */
function brokenMail(): fc.Arbitrary<Uint8Array> {
  const whole = Buffer.from(mail(MIXED.fields, MIXED.body))
  const at = fc.nat(whole.length)
  return fc.tuple(at, at, at, fc.uint8Array({ maxLength: 20 })).map(([a, b, c, noise]) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b)]
    return Buffer.concat([whole.subarray(0, from), noise, whole.subarray(to), whole.subarray(c)])
  })
}
