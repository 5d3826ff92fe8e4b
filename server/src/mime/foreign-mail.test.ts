import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { parseMessage } from './parse-message.ts'

const DATE = 'Date: Thu, 26 Nov 2026 20:00:00 +0100'
const FROM = 'From: Kim <kim@customer.example>'

const lines = (...all: (string | Uint8Array)[]) =>
  Buffer.concat(all.flatMap((one) => [typeof one === 'string' ? Buffer.from(one) : one, Buffer.from('\r\n')]))
const letter = (fields: readonly (string | Uint8Array)[], ...body: (string | Uint8Array)[]) =>
  parseMessage(lines(FROM, DATE, ...fields, '', ...body))
const parts = (kind: string, ...all: readonly (readonly (string | Uint8Array)[])[]) => [
  `Content-Type: multipart/${kind}; boundary="${kind}"`,
  '',
  ...all.flatMap((part) => [`--${kind}`, ...part]),
  `--${kind}--`,
]
const multipart = (kind: string, ...all: readonly (readonly (string | Uint8Array)[])[]) =>
  parseMessage(lines(FROM, DATE, ...parts(kind, ...all)))
const textIn = ({ body }: ReturnType<typeof parseMessage>) => body.content.trim()
const namesIn = ({ attachments }: ReturnType<typeof parseMessage>) => attachments.map(({ name }) => name)

const PDF = ['Content-Type: application/pdf; name=a.pdf', '', '%PDF']
const PLAIN = ['Content-Type: text/plain; name="body.txt"', '', 'Hello']
const HTML = ['Content-Type: text/html; name="body.html"', '', '<p>Rich</p>']
const EMPTY_HTML = ['Content-Type: text/html', '', '<html><head><style>p{margin:0}</style></head><body>&nbsp;<br></body></html>'] // prettier-ignore

describe('a text part with a name and no disposition', () => {
  it.each([
    ['is the only part', letter([PLAIN[0]!], 'Hello'), 'Hello'],
    ['is the only part, in HTML', letter([HTML[0]!], '<p>Rich</p>'), '<p>Rich</p>'],
    ['comes before a file', multipart('mixed', PLAIN, PDF), 'Hello'],
    ['comes before a file, in HTML', multipart('mixed', HTML, PDF), '<p>Rich</p>'],
    ['is an alternative', multipart('alternative', PLAIN, HTML), '<p>Rich</p>'],
    ['is the root of related parts', multipart('related', HTML, ['Content-Type: image/png', '', 'x']), '<p>Rich</p>'],
    ['follows an empty text', multipart('mixed', ['Content-Type: text/plain', '', '  '], HTML), '<p>Rich</p>'],
  ])('is the displayed text when it %s', (_, read, text) => {
    expect(textIn(read)).toBe(text)
    expect(namesIn(read)).not.toContain('body.txt')
    expect(read.preview).not.toBe('')
  })

  it('is a file when it follows a text or has that disposition', () => {
    const log = ['Content-Type: text/plain; name="log.txt"', '', 'log']
    const attached = ['Content-Type: text/plain; name="log.txt"', 'Content-Disposition: attachment', '', 'log']
    for (const read of [multipart('mixed', ['', 'Hello'], log), multipart('mixed', attached, ['', 'Hello'])]) {
      expect([textIn(read), namesIn(read)]).toEqual(['Hello', ['log.txt']])
    }
    expect(namesIn(multipart('mixed', attached, PDF))).toEqual(['log.txt', 'a.pdf'])
  })
})

describe('an alternative without content', () => {
  it.each([
    ['of empty HTML', multipart('alternative', ['', 'Hello'], EMPTY_HTML), 'Hello'],
    ['of HTML without a byte', multipart('alternative', ['', 'Hello'], ['Content-Type: text/html', '', '']), 'Hello'],
    ['of empty HTML with a logo elsewhere', multipart('alternative', ['', 'Hello'], parts('related', EMPTY_HTML, ['Content-Type: image/png', '', 'x'])), 'Hello'], // prettier-ignore
  ])("doesn't replace the text: %s", (_, read, text) => {
    expect([read.body.type, textIn(read)]).toEqual(['text', text])
  })

  it('counts as content when it shows an image', () => {
    const image = multipart('alternative', ['', 'See the image'], ['Content-Type: text/html', '', '<img src="cid:a">'])
    expect(image.body.type).toBe('html')
  })
})

describe('addresses', () => {
  const read = (value: string, name = 'From') => {
    const message = parseMessage(lines(`${name}: ${value}`, DATE, '', 'x'))
    const found = name === 'From' ? (message.marks.senders ?? [message.from]) : name === 'To' ? message.to : message.replyTo // prettier-ignore
    return found.map((one) => (one ? `${one.name}|${one.address}` : 'none'))
  }

  it.each([
    ['ACME Support, Inc. <support@acme.test>', ['ACME Support, Inc.|support@acme.test']],
    ['Doe, Kim, M.D. <kim@customer.example>', ['Doe, Kim, M.D.|kim@customer.example']],
    ['=?utf-8?Q?Gr=C3=BC=C3=9Fe,_Inc.?= <kim@customer.example>', ['Grüße, Inc.|kim@customer.example']],
    ['kim@customer.example (Kim)', ['Kim|kim@customer.example']],
    ['Kim (at (the) office) <kim@customer.example>', ['Kim|kim@customer.example']],
    ['kim(comment)@(another)customer.example', ['comment another|kim@customer.example']],
    ['Kim <kim@customer.example (work)>', ['Kim|kim@customer.example']],
    ['Kim <@relay.example,@other.example:kim@customer.example>', ['Kim|kim@customer.example']],
    ['Kim <mailto:kim@customer.example>', ['Kim|kim@customer.example']],
    ['mailto:kim@customer.example', ['|kim@customer.example']],
    ['Kim <MAILTO:kim@customer.example?subject=Hi>', ['Kim|kim@customer.example']],
    ['Kim < kim @ customer.example >', ['Kim|kim@customer.example']],
    ['"Kim <kim@customer.example>', ['Kim|kim@customer.example']],
    ['Kim <kim@customer.example', ['Kim|kim@customer.example']],
    ['Kim <<kim@customer.example>>', ['Kim|kim@customer.example']],
    ['"Doe, Kim" <kim@customer.example>', ['Doe, Kim|kim@customer.example']],
    ['"Kim \\"K\\" Doe" <kim@customer.example>', ['Kim "K" Doe|kim@customer.example']],
    ['"boss@contoso.example" <kim@customer.example>', ['boss@contoso.example|kim@customer.example']],
    ['boss@contoso.example, Kim <kim@customer.example>', ['|boss@contoso.example', 'Kim|kim@customer.example']],
    ['Team: kim@customer.example, Lee <lee@customer.example>;', ['|kim@customer.example', 'Lee|lee@customer.example']],
    ['Support 24:7 <kim@customer.example>', ['Support 24:7|kim@customer.example']],
    ['kim@customer.example; lee@customer.example', ['|kim@customer.example', '|lee@customer.example']],
    ['undisclosed-recipients:;', ['none']],
    ['"kim lee"@customer.example', ['|"kim lee"@customer.example']],
    ['Kim', ['Kim|']],
    ['"Kim Lee" kim@customer.example', ['Kim Lee|kim@customer.example']],
    ['"Kim" "kim lee"@customer.example', ['Kim|"kim lee"@customer.example']],
    ['kim@customer.example boss@contoso.example', ['boss@contoso.example|kim@customer.example']],
    ['Kim <kim@customer.example> Lee <lee@customer.example>', ['Kim|kim@customer.example', 'Lee|lee@customer.example']],
    ['Kim <kim@customer.example> (work) Lee', ['Kim Lee|kim@customer.example']],
    ['Kim [mailto:kim@customer.example]', ['Kim|kim@customer.example']],
    ['John <john at customer.example>', ['John|john at customer.example']],
  ])('are read from From: %s', (value, expected) => {
    expect(read(value)).toEqual(expected)
  })

  it.each(['Reply-To', 'To'])('are read with an unquoted comma from %s', (name) => {
    const value = 'lee@customer.example, ACME Support, Inc. <support@acme.test>, Kim <kim@customer.example>'
    expect(read(value, name)).toEqual(['|lee@customer.example', 'ACME Support, Inc.|support@acme.test', 'Kim|kim@customer.example']) // prettier-ignore
  })
})

describe('base64 followed by a plain footer', () => {
  const german = Buffer.from('Grüße aus Köln, schöne Tage! '.repeat(6).trimEnd()).toString('base64')
  const wrapped = german.replaceAll(/(.{76})/g, '$1\r\n')
  const FOOTER = ['', '_______________________________________________', 'support mailing list', 'https://lists.customer.example/support'] // prettier-ignore
  const typed = (type: string) => [`Content-Type: ${type}; charset=utf-8`, 'Content-Transfer-Encoding: base64']

  it.each([
    ['a list', FOOTER],
    ['a scanner', ['', 'This message was scanned for viruses.']],
    ['a scanner, without an empty line', ['Scanned by AcmeScan v1.2 (https://scan.example)']],
  ])('keeps both content and footer: %s', (_, footer) => {
    const read = letter(typed('text/plain'), wrapped, ...footer)
    expect(read.body.content).toContain('Grüße aus Köln, schöne Tage! Grüße')
    expect(read.body.content).toContain(footer.at(-1))
    expect(read.body.content).not.toMatch(/[ÃÂ\ufffd]/)
  })

  it("doesn't add the footer to a file", () => {
    const file = Buffer.from([...Array(256).keys()]).toString('base64').replaceAll(/(.{76})/g, '$1\r\n') // prettier-ignore
    const read = multipart('mixed', ['', 'Hello'], ['Content-Type: image/png', 'Content-Transfer-Encoding: base64', '', file, ...FOOTER]) // prettier-ignore
    expect(read.attachments[0]?.sizeBytes).toBe(256)
  })
})

describe('UTF-8 truncated within a character', () => {
  const cut = (text: string, bytes = 1) => Buffer.from(text).subarray(0, -bytes)
  const header = (...pieces: (string | Uint8Array)[]) => Buffer.concat(pieces.map((piece) => Buffer.from(piece as string))) // prettier-ignore

  it.each([
    ['a subject', letter([header('Subject: ', cut('Grüße aus Köln für ü'))], 'x').subject, 'Grüße aus Köln für �'],
    [
      'a folded subject',
      letter([header('Subject: Gr', Buffer.of(0xc3), '\r\n ', Buffer.of(0xbc), 'ße')], 'x').subject,
      'Grüße',
    ],
    ['an encoded word', letter([`Subject: =?utf-8?B?${cut('Grüße ü').toString('base64')}?=`], 'x').subject, 'Grüße �'],
    ['a text declared as UTF-8', textIn(letter(['Content-Type: text/plain; charset=utf-8'], cut('Grüße ü'))), 'Grüße �'], // prettier-ignore
    ['a text without a charset', textIn(letter([], cut('Grüße aus Köln €', 2))), 'Grüße aus Köln �'],
    ['a text declared as latin-1', textIn(letter(['Content-Type: text/plain; charset=iso-8859-1'], cut('Grüße aus Köln ü'))), 'Grüße aus Köln �'], // prettier-ignore
    ['a file name', namesIn(letter(["Content-Type: application/pdf; name*=utf-8''Gr%C3%BC%C3%9Fe%C3"], 'x'))[0], 'Grüße�'], // prettier-ignore
    ['a raw file name', namesIn(letter([header('Content-Type: application/pdf; name="', cut('Grüße ü'), '"')], 'x'))[0], 'Grüße �'], // prettier-ignore
  ])('leaves the rest of %s readable', (_, read, expected) => {
    expect(read).toBe(expected)
  })

  it.each([
    ['a short latin-1 word', ['Content-Type: text/plain; charset=utf-8'], Buffer.from('caf\xe9', 'latin1'), 'café'],
    ['a longer one', [], Buffer.from('Gr\xfc\xdfe aus K\xf6ln', 'latin1'), 'Grüße aus Köln'],
  ])("isn't assumed for %s", (_, fields, bytes, text) => {
    expect(textIn(letter(fields, bytes))).toBe(text)
  })
})

describe('raw 8-bit bytes within an encoded word', () => {
  const TEXT = 'Grüße aus Köln'
  const subject = (charset: string, encoding: string, bytes: Buffer) =>
    letter([Buffer.concat([Buffer.from(`Subject: Re: =?${charset}?${encoding}?`), bytes, Buffer.from('?= end')])], 'x')
      .subject
  it.each([
    ['latin-1 in Q', 'iso-8859-1', 'Q', Buffer.from(TEXT.replaceAll(' ', '_'), 'latin1'), TEXT],
    ['latin-1 in Q with spaces', 'iso-8859-1', 'Q', Buffer.from(TEXT, 'latin1'), TEXT],
    ['utf-8 in Q', 'utf-8', 'q', Buffer.from(TEXT), TEXT],
    ['utf-8 in Q, declared as latin-1', 'iso-8859-1', 'Q', Buffer.from(TEXT), TEXT],
    ['utf-8 in Q, half encoded', 'utf-8', 'Q', Buffer.from('Gr=C3=BCße'), 'Grüße'],
    ['koi8-r in Q', 'koi8-r', 'Q', iconv.encode('Привет', 'koi8-r'), 'Привет'],
    ['shift_jis in Q', 'shift_jis', 'Q', iconv.encode('こんにちは', 'shift_jis'), 'こんにちは'],
    ['plain text called B', 'utf-8', 'B', Buffer.from(TEXT), TEXT],
  ])('are decoded once: %s', (_, charset, encoding, bytes, text) => {
    expect(subject(charset, encoding, bytes)).toBe(`Re: ${text} end`)
  })

  it('are decoded in file names and sender names', () => {
    const word = (bytes: Buffer) => Buffer.concat([Buffer.from('=?iso-8859-1?Q?'), bytes, Buffer.from('?=')])
    const latin1 = word(Buffer.from('Gr\xfc\xdfe', 'latin1'))
    const file = letter([Buffer.concat([Buffer.from('Content-Type: application/pdf; name="'), latin1, Buffer.from('"')])], 'x') // prettier-ignore
    const from = parseMessage(lines(Buffer.concat([Buffer.from('From: '), latin1, Buffer.from(' <kim@x.example>')]), '')) // prettier-ignore
    expect([namesIn(file)[0], from.from?.name]).toEqual(['Grüße', 'Grüße'])
  })
})

describe('East Asian charsets', () => {
  it.each([
    ['ks_c_5601-1987', '8c63b9e6', '똠방'],
    ['euc-kr', '8c63b9e6', '똠방'],
    ['windows-949', '8c63b9e6', '똠방'],
    ['x-windows-949', '8c63b9e6', '똠방'],
    ['big5-hkscs', '8e69a741', '箸你'],
    ['big5', 'fbfda741', '廴你'],
    ['iso-2022-kr', '1b2429430e3e4833670f20746f', '안녕 to'],
    ['us-ascii', '1b2429430e3e4833670f20746f', '안녕 to'],
    ['us-ascii', '1b2442243324731b2842', 'こん'],
    ['hz-gb-2312', '7e7b4463353d7e7d20746f', '你到 to'],
    ['iso-2022-cn', '1b2429410e4463353d0f', '你到'],
  ])('%s', (charset, hex, text) => {
    expect(textIn(letter([`Content-Type: text/plain; charset=${charset}`], Buffer.from(hex, 'hex')))).toBe(text)
    if (charset === 'us-ascii') return
    const word = `=?${charset}?B?${Buffer.from(hex, 'hex').toString('base64')}?=`
    expect(letter([`Subject: ${word}`], 'x').subject).toBe(text)
  })
})

describe('an attached message', () => {
  const message = (...fields: string[]) => [...fields, '', 'Subject: Inner', '', 'Inside']
  it.each([
    ['its file name', ['Content-Type: message/rfc822', 'Content-Disposition: attachment; filename="Order 7.eml"'], 'Order 7.eml'], // prettier-ignore
    ['its name', ['Content-Type: message/rfc822; name="Order 7.eml"'], 'Order 7.eml'],
    ['an ending', ['Content-Type: message/rfc822; name="Order 7"'], 'Order 7.eml'],
    ['its subject as a name', ['Content-Type: message/rfc822'], 'Inner.eml'],
  ])('contains %s', (_, fields, name) => {
    const [attachment] = multipart('mixed', ['', 'Hello'], message(...fields)).attachments
    expect(attachment).toMatchObject({ name, kind: 'item' })
  })

  it('has a name even without a subject', () => {
    const read = multipart('mixed', ['', 'Hello'], ['Content-Type: message/rfc822', '', 'From: a@b', '', 'Inside'])
    expect(namesIn(read)).toEqual(['attachment.eml'])
  })
})

it('all status parts of a report contribute recipients', () => {
  const status = (address: string) => ['Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.customer.example', '', `Final-Recipient: rfc822; ${address}`, 'Action: failed', 'Status: 5.1.1'] // prettier-ignore
  const read = multipart('report', ['', 'Sorry'], status('kim@customer.example'), status('lee@customer.example'))
  expect(read.marks.deliveryReport?.recipients.map(({ address }) => address)).toEqual([
    'kim@customer.example',
    'lee@customer.example',
  ])
})

describe('nested multiparts with equal boundaries', () => {
  const inner = ['Content-Type: multipart/alternative; boundary="b"', '', '--b', 'Content-Type: text/plain', '', 'Plain', '--b', 'Content-Type: text/html', '', '<p>Rich</p>'] // prettier-ignore
  const outer = (...rest: string[]) => parseMessage(lines(FROM, DATE, 'Content-Type: multipart/mixed; boundary="b"', '', '--b', ...inner, ...rest)) // prettier-ignore

  it.each([
    ['and both ends', outer('--b--', '--b', ...PDF, '--b--')],
    ['and one end', outer('--b', ...PDF, '--b--')],
  ])('keep the text and the file: %s', (_, read) => {
    expect([textIn(read), namesIn(read)]).toEqual(['<p>Rich</p>', ['a.pdf']])
  })
})

it('a header after a byte order mark is read, also in an attached message', () => {
  const bom = Buffer.from('\ufeff')
  const source = Buffer.concat([bom, lines('Subject: Order', FROM, 'Content-Type: text/html; charset=utf-8', '', '<p>Hello</p>')]) // prettier-ignore
  expect(parseMessage(source)).toMatchObject({ subject: 'Order', body: { type: 'html' }, marks: {} })
  expect(parseMessage(source).marks.defects).toEqual(['header_missing'])
  const read = multipart('mixed', ['', 'Hello'], ['Content-Type: message/rfc822', '', source])
  expect(namesIn(read)).toEqual(['Order.eml'])
})

describe('a quoted value', () => {
  it.each(['"base64"', "'base64'", '"BASE64";', ' "base64" (really)'])(
    'is accepted as transfer encoding: %s',
    (encoding) => {
      const read = letter([`Content-Transfer-Encoding: ${encoding}`], Buffer.from('Hello').toString('base64'))
      expect(textIn(read)).toBe('Hello')
    },
  )

  it('is accepted as type and as disposition', () => {
    expect(letter(['Content-Type: "text/html"; charset=utf-8'], '<p>x</p>').body.type).toBe('html')
    expect(namesIn(letter(['Content-Disposition: "attachment"; filename=a.txt'], 'x'))).toEqual(['a.txt'])
  })
})
