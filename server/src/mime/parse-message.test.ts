import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { parseMessage } from './parse-message.ts'
import { readPart } from './read-part.ts'

const HEAD = ['From: Kim <kim@customer.example>', 'Date: Thu, 26 Nov 2026 20:00:00 +0100', 'MIME-Version: 1.0']

function source(...lines: (string | Buffer)[]): Buffer {
  return Buffer.concat(lines.flatMap((line) => [Buffer.from(line as string), Buffer.from('\r\n')]))
}

function mixed(...parts: string[][]): Buffer {
  const inner = parts.flatMap((part) => ['--b', ...part])
  return source(...HEAD, 'Content-Type: multipart/mixed; boundary=b', '', ...inner, '--b--')
}

describe('the text of a message', () => {
  it.each([
    ['declared', 'iso-8859-1', Buffer.from('Gr\xfc\xdfe', 'latin1'), 'Grüße'],
    ['not declared, but UTF-8', undefined, Buffer.from('Grüße'), 'Grüße'],
    ['declared as one byte per letter, but UTF-8', 'iso-8859-1', Buffer.from('Grüße'), 'Grüße'],
    ['declared as UTF-8, but windows-1252', 'utf-8', Buffer.from('Gr\xfc\xdfe \x80', 'latin1'), 'Grüße €'],
    ['of DOS', 'cp850', Buffer.from([0x47, 0x72, 0x81, 0xe1, 0x65]), 'Grüße'],
    ['of Japan', 'iso-2022-jp', Buffer.from('\x1b$B$3$s\x1b(B', 'latin1'), 'こん'],
    ['of no charset at all', 'klingon', Buffer.from('Gr\xfc\xdfe', 'latin1'), 'Grüße'],
    ['of Russia, detected', undefined, iconv.encode('Добрый день! Скажите, пожалуйста, когда придёт наш заказ?', 'koi8-r'), 'Добрый день! Скажите, пожалуйста, когда придёт наш заказ?'], // prettier-ignore
  ])('is decoded from a charset that is %s', (_, charset, bytes, text) => {
    const type = charset ? [`Content-Type: text/plain; charset=${charset}`] : []
    expect(parseMessage(source(...HEAD, ...type, '', bytes)).body.content.trim()).toBe(text)
  })

  it('is decoded by its byte order mark', () => {
    const encoded = ['Content-Type: text/plain; charset=us-ascii', 'Content-Transfer-Encoding: base64', '', '//5HAPwA']
    expect(parseMessage(source(...HEAD, ...encoded)).body.content).toBe('Gü')
  })

  it('flows according to RFC 3676', () => {
    const read = parseMessage(
      source(...HEAD, 'Content-Type: text/plain; format=flowed', '', 'It is ', 'one line.', '> Was ', '> it?', ' From here', '-- ', 'Kim'), // prettier-ignore
    )
    expect(read.body.content).toBe('It is one line.\n> Was it?\nFrom here\n-- \nKim\n')
  })

  it('is the HTML of alternatives, and all texts between files', () => {
    const alternative = ['Content-Type: multipart/alternative; boundary=a', '', '--a', 'Content-Type: text/html', '', '<p>Rich</p>', '--a', '', 'Plain', '--a--'] // prettier-ignore
    const read = parseMessage(
      mixed(alternative, ['Content-Type: application/pdf; name=a.pdf', '', 'x'], ['', 'Behind']),
    )

    expect(read.body.type).toBe('html')
    expect(read.body.content).toMatch(/<p>Rich<\/p>[^]*Behind/)
    expect(read.body.content).not.toContain('Plain')
    expect(read.attachments.map(({ name, remoteId }) => [remoteId, name])).toEqual([['2', 'a.pdf']])
  })
})

describe('names of attachments', () => {
  it.each([
    ["filename*=utf-8''%E2%82%AC%20rates.pdf", '€ rates.pdf'],
    ["filename*0*=utf-8''%E2%82%AC; filename*1*=%20ra; filename*2=tes.pdf", '€ rates.pdf'],
    ['filename="=?utf-8?B?4oKsIHJhdGVzLnBkZg==?="', '€ rates.pdf'],
    ['filename="EURO.pdf"; filename*=utf-8\'\'%E2%82%AC.pdf', '€.pdf'],
    ['filename="../../etc/passwd"', 'passwd'],
    ['filename=two words.pdf', 'two words.pdf'],
    ['filename="open', 'open'],
    ['filename=""', 'attachment.pdf'],
    ["filename*=utf-8''invoice%E2%80%AEgpj.exe", 'invoicegpj.exe'],
  ])('are read from %s', (parameter, name) => {
    const read = parseMessage(mixed(['Content-Type: application/pdf', `Content-Disposition: attachment; ${parameter}`, '', 'x'])) // prettier-ignore
    expect(read.attachments[0]?.name).toBe(name)
    if (parameter.includes('AEgpj')) expect(read.marks.defects).toContain('name_misleading')
  })
})

describe('attachments', () => {
  it('can be read by their part numbers, also uuencoded ones', () => {
    const file = Buffer.from([...Array(256).keys()])
    const bytes = mixed(
      ['', 'Look:', 'begin 644 cat.txt', '#0V%T', '`', 'end', 'Nice?'],
      ['Content-Type: image/png', 'Content-Transfer-Encoding: base64', '', file.toString('base64').replaceAll(/(.{76})/g, '$1\r\n')], // prettier-ignore
    )
    const read = parseMessage(bytes)

    expect(read.body.content.replaceAll(/\s+/g, ' ').trim()).toBe('Look: Nice?')
    expect(read.attachments.map(({ remoteId, sizeBytes }) => [remoteId, sizeBytes])).toEqual([
      ['2', 256],
      ['1!1', 3],
    ])
    expect(readPart(bytes, '2')).toEqual(file)
    expect(readPart(bytes, '1!1')?.toString()).toBe('Cat')
    expect(readPart(bytes, '7')).toBeUndefined()
  })

  it('are shown in the text when the text refers to them, regardless of their disposition', () => {
    const html = ['Content-Type: text/html', '', '<img src="cid:logo@x"><img src=cid:spaced%40x>']
    const read = parseMessage(
      mixed(
        html,
        ['Content-Type: image/png', 'Content-ID: <logo@x>', 'Content-Disposition: attachment', '', 'x'],
        ['Content-Type: image/png', 'Content-ID: <spaced@x>', '', 'x'],
        ['Content-Type: image/png', 'Content-ID: <other@x>', 'Content-Disposition: inline', '', 'x'],
      ),
    )
    expect(read.attachments.map(({ isInline }) => isInline)).toEqual([true, true, false])
  })

  it('use the subject of an attached message as its name, and keep its content out of the outer message', () => {
    const inner = ['Content-Type: message/rfc822', '', 'Subject: Inner', 'From: other@else.example', '', 'Inside']
    const read = parseMessage(mixed(['', 'Outside'], inner))

    expect(read.body.content.trim()).toBe('Outside')
    expect(read.attachments).toMatchObject([{ name: 'Inner.eml', kind: 'item' }])
  })
})

describe('parsing limits', () => {
  it('quarantine a message with too many parts, nesting or header bytes, and show the part that was read', () => {
    const many = mixed(['', 'First'], ...Array.from({ length: 1500 }, () => ['', 'x']))
    const deep = source(...HEAD, ...Array.from({ length: 60 }, (_, n) => [`Content-Type: multipart/mixed; boundary=b${n}`, '', `--b${n}`]).flat(), '', 'In') // prettier-ignore
    const long = source(...HEAD, 'Subject: Long', ...Array.from({ length: 3000 }, (_, n) => `X-${n}: y`), '', 'Text')

    expect(parseMessage(many)).toMatchObject({ quarantined: { reason: 'too_many_parts' } })
    expect(parseMessage(many).body.content).toContain('First')
    expect(parseMessage(deep)).toMatchObject({ quarantined: { reason: 'too_deep' } })
    expect(parseMessage(long)).toMatchObject({ quarantined: { reason: 'header_too_big' }, subject: 'Long' })
    expect(parseMessage(long).body.content.trim()).toBe('Text')
  })

  it('allow messages without end, boundary or content', () => {
    const cut = source(...HEAD, 'Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'Begun')
    const without = source(...HEAD, 'Content-Type: multipart/mixed', '', '--abcdef', 'Content-Type: text/plain', '', 'Guessed', '--abcdef--') // prettier-ignore

    expect(parseMessage(cut)).toMatchObject({ body: { content: 'Begun\n' }, marks: { defects: ['boundary_unclosed'] } })
    expect(parseMessage(without).body.content.trim()).toBe('Guessed')
    expect(parseMessage(Buffer.alloc(0))).toMatchObject({ subject: '', body: { content: '' } })
    expect(parseMessage(source('no header at all', 'only text'))).toMatchObject({ from: undefined })
  })
})

describe('several senders', () => {
  const trusted = { trustedAuthServId: 'mx.contoso.example' }
  const checked = 'Authentication-Results: mx.contoso.example; dmarc=pass header.from=customer.example\r\n'
  const marksOf = (header: string) => parseMessage(Buffer.from(`${checked}${header}\r\n\r\nHello\r\n`), trusted).marks

  it('are all kept, and none of them is confirmed', () => {
    expect(marksOf('From: kim@customer.example')).toMatchObject({ authentication: { verdict: 'pass' } })
    for (const header of [
      'From: kim@customer.example, CEO <ceo@contoso.example>',
      'From: kim@customer.example\r\nFrom: CEO <ceo@contoso.example>',
      'From: friends: kim@customer.example, ceo@contoso.example;',
    ]) {
      const { authentication, senders } = marksOf(header)
      expect(authentication?.verdict, header).toBe('none')
      expect(
        senders?.map(({ address }) => address),
        header,
      ).toEqual(['kim@customer.example', 'ceo@contoso.example'])
    }
  })

  it("may follow after the part of a header that is read, so the sender isn't confirmed", () => {
    const filler = Array.from({ length: 2100 }, (_, n) => `X-${n}: y`).join('\r\n')
    const { authentication, quarantine } = marksOf(`From: kim@customer.example\r\n${filler}`)
    expect([quarantine?.reason, authentication?.verdict]).toEqual(['header_too_big', 'none'])
  })
})
