import { base64, DATE, FROM, letter, lines, multipart, withParts, type UglyMessage } from './ugly-message.ts'

type Lines = readonly (string | Uint8Array)[]

const TEXT = ['Content-Type: text/plain', '', 'Hello']
const PDF = ['Content-Type: application/pdf; name=a.pdf', '', '%PDF-1.7']
const NAMED_TEXT = ['Content-Type: text/plain; name="body.txt"', '', 'Hello']
const NAMED_HTML = ['Content-Type: text/html; name="body.html"', '', '<p>Rich</p>']
const hex = (text: string) => Buffer.from(text, 'hex')
const latin1 = (text: string) => Buffer.from(text, 'latin1')
const joined = (...pieces: (string | Uint8Array)[]) =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)))
const sent = (...fields: Lines) => lines(...fields, DATE, '', 'Hello')

const NAMED_TEXTS: readonly UglyMessage[] = [
  { name: 'a named text: the only part', source: letter('x', [NAMED_TEXT[0]!], 'Hello'), text: 'Hello', attachments: [] }, // prettier-ignore
  { name: 'a named text: the only part, in html', source: letter('x', [NAMED_HTML[0]!], '<p>Rich</p>'), text: '<p>Rich</p>', attachments: [] }, // prettier-ignore
  { name: 'a named text: before a file', source: withParts('x', 'mixed', NAMED_TEXT, PDF), text: 'Hello', attachments: ['a.pdf'] }, // prettier-ignore
  { name: 'a named text: behind a file', source: withParts('x', 'mixed', PDF, NAMED_HTML), text: '<p>Rich</p>', attachments: ['a.pdf'] }, // prettier-ignore
  { name: 'a named text: alternatives', source: withParts('x', 'alternative', NAMED_TEXT, NAMED_HTML), text: '<p>Rich</p>', attachments: [] }, // prettier-ignore
  { name: 'a named text: root of related parts', source: withParts('x', 'related', NAMED_HTML, ['Content-Type: image/png', 'Content-ID: <a>', '', 'x']), text: '<p>Rich</p>', attachments: ['attachment.png'] }, // prettier-ignore
  { name: 'a named text: behind another text it is a file', source: withParts('x', 'mixed', TEXT, ['Content-Type: text/plain; name=log.txt', '', 'log']), text: 'Hello', attachments: ['log.txt'] }, // prettier-ignore
]

const from = (name: string, value: string, address: string): UglyMessage => ({
  name: `from: ${name}`,
  source: sent(`From: ${value}`, 'Subject: x'),
  from: address,
  text: 'Hello',
})
const ADDRESSES: readonly UglyMessage[] = [
  from('an unquoted comma', 'ACME Support, Inc. <support@acme.example>', 'support@acme.example'),
  from('two unquoted commas', 'Doe, Kim, M.D. <kim@customer.example>', 'kim@customer.example'),
  from('comments within', 'Kim (her (own) note) <kim@customer.example (work)>', 'kim@customer.example'),
  from('a source route', '<@relay.example,@other.example:kim@customer.example>', 'kim@customer.example'),
  from('mailto in brackets', 'Kim <mailto:kim@customer.example>', 'kim@customer.example'),
  from('mailto alone', 'mailto:kim@customer.example?subject=Hi', 'kim@customer.example'),
  from('spaces around the at sign', 'Kim <kim @ customer.example>', 'kim@customer.example'),
  from('an encoded name with raw signs of the grammar', '=?utf-8?Q?Kim, "K" (Sales)?= <kim@customer.example>', 'kim@customer.example'), // prettier-ignore
]

const wrapped = base64(Buffer.from('Grüße aus Köln, schöne Tage! '.repeat(6)))
const FOOTER = ['_______________________________________________', 'support mailing list', 'https://lists.example/x']
const encoded = (type: string) => [`Content-Type: ${type}; charset=utf-8`, 'Content-Transfer-Encoding: base64']
const FOOTERS: readonly UglyMessage[] = [
  { name: 'base64 with the footer of a list', source: letter('x', encoded('text/plain'), wrapped, '', ...FOOTER), text: 'schöne Tage! Grüße' }, // prettier-ignore
  { name: 'base64 with the footer of a scanner', source: letter('x', encoded('text/plain'), wrapped, 'Scanned by AcmeScan, no virus found.'), text: 'no virus found' }, // prettier-ignore
  { name: 'base64 html with a plain footer', source: letter('x', encoded('text/html'), base64(Buffer.from('<p>Grüße</p>')), '', ...FOOTER), text: '<p>Grüße</p>' }, // prettier-ignore
  { name: 'a file in base64 with a footer', source: withParts('x', 'mixed', TEXT, ['Content-Type: image/png; name=a.png', 'Content-Transfer-Encoding: base64', '', base64(Buffer.alloc(256)), '', ...FOOTER]), text: 'Hello', attachments: ['a.png'] }, // prettier-ignore
]

const CUT: readonly UglyMessage[] = [
  { name: 'utf-8 cut within a letter: subject', source: sent(FROM, joined('Subject: Grüße ', Buffer.of(0xc3))), subject: 'Grüße \ufffd' }, // prettier-ignore
  { name: 'utf-8 cut within a letter: folded subject', source: sent(FROM, joined('Subject: Gr', Buffer.of(0xc3), '\r\n ', Buffer.of(0xbc), 'ße')), subject: 'Grüße' }, // prettier-ignore
  { name: 'utf-8 cut within a letter: file name', source: withParts('x', 'mixed', TEXT, ['Content-Type: application/pdf', "Content-Disposition: attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe%C3", '', 'x']), attachments: ['Grüße\ufffd'] }, // prettier-ignore
  { name: 'utf-8 cut within a letter: text', source: letter('x', [], joined('Grüße aus K', Buffer.of(0xc3))), text: 'Grüße aus K' }, // prettier-ignore
]

const word = (charset: string, encoding: string, bytes: Uint8Array) => joined('Subject: ', `=?${charset}?${encoding}?`, bytes, '?=') // prettier-ignore
const RAW_WORDS: readonly UglyMessage[] = [
  { name: 'raw bytes in an encoded word: latin-1', source: sent(FROM, word('iso-8859-1', 'Q', latin1('Gr\xfc\xdfe'))), subject: 'Grüße' }, // prettier-ignore
  { name: 'raw bytes in an encoded word: utf-8', source: sent(FROM, word('utf-8', 'Q', Buffer.from('Grüße'))), subject: 'Grüße' }, // prettier-ignore
  { name: 'raw bytes in an encoded word: koi8-r', source: sent(FROM, word('koi8-r', 'Q', hex('f0d2c9d7c5d4'))), subject: 'Привет' }, // prettier-ignore
  { name: 'raw bytes in an encoded word: called b', source: sent(FROM, word('utf-8', 'B', Buffer.from('Grüße'))), subject: 'Grüße' }, // prettier-ignore
]

const EAST_ASIA: readonly UglyMessage[] = [
  ['ks_c_5601-1987 with letters of cp949', 'ks_c_5601-1987', '8c63b9e6', '똠방'],
  ['big5-hkscs', 'big5-hkscs', '8e69a741', '箸你'],
  ['iso-2022-kr', 'iso-2022-kr', '1b2429430e3e4833670f', '안녕'],
  ['iso-2022-jp without a declaration', 'us-ascii', '1b2442243324731b2842', 'こん'],
  ['hz-gb-2312', 'hz-gb-2312', '7e7b4463353d7e7d', '你到'],
].map(([name = '', charset = '', bytes = '', text]) => ({
  name,
  source: letter('x', [`Content-Type: text/plain; charset=${charset}`], hex(bytes)),
  ...(text !== undefined && { text }),
}))

const attached = (...fields: string[]) => withParts('x', 'mixed', TEXT, [...fields, '', 'Subject: Inner', '', 'Inside'])
const MESSAGES: readonly UglyMessage[] = [
  { name: 'an attached message with a file name', source: attached('Content-Type: message/rfc822', 'Content-Disposition: attachment; filename="Order 7.eml"'), attachments: ['Order 7.eml'] }, // prettier-ignore
  { name: 'an attached message with a name', source: attached('Content-Type: message/rfc822; name="Order 7"'), attachments: ['Order 7.eml'] }, // prettier-ignore
  { name: 'an attached message without a name', source: attached('Content-Type: message/rfc822'), attachments: ['Inner.eml'] }, // prettier-ignore
]

const status = (address: string) => ['Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.customer.example', '', `Final-Recipient: rfc822; ${address}`, 'Action: failed'] // prettier-ignore
const sameBoundary = (...rest: Lines) =>
  lines(FROM, DATE, 'Subject: x', 'Content-Type: multipart/mixed; boundary="=_b"', '', '--=_b', ...multipart('alternative', TEXT, ['Content-Type: text/html', '', '<p>Rich</p>']).slice(0, -1), ...rest) // prettier-ignore
const STRUCTURES: readonly UglyMessage[] = [
  { name: 'an alternative of empty html', source: withParts('x', 'alternative', TEXT, ['Content-Type: text/html', '', '<html><style>p{margin:0}</style><body>&nbsp;</body></html>']), text: 'Hello' }, // prettier-ignore
  { name: 'an alternative of html without a byte', source: withParts('x', 'alternative', TEXT, ['Content-Type: text/html', '', '']), text: 'Hello' }, // prettier-ignore
  { name: 'a report with two status parts', source: withParts('x', 'report; report-type=delivery-status', ['', 'Sorry'], status('kim@customer.example'), status('lee@customer.example')), marks: { deliveryReport: { recipients: [{ address: 'kim@customer.example' }, { address: 'lee@customer.example' }] } } }, // prettier-ignore
  { name: 'equal boundaries within one another, each closed', source: sameBoundary('--=_b--', '--=_b', ...PDF, '--=_b--'), text: '<p>Rich</p>', attachments: ['a.pdf'] }, // prettier-ignore
  { name: 'equal boundaries within one another, closed once', source: sameBoundary('--=_b', ...PDF, '--=_b--'), text: '<p>Rich</p>', attachments: ['a.pdf'] }, // prettier-ignore
  { name: 'a byte order mark before the header', source: joined('\ufeff', sent('Subject: Order', FROM)), subject: 'Order', text: 'Hello' }, // prettier-ignore
  { name: 'a transfer encoding in quotes', source: letter('x', ['Content-Transfer-Encoding: "base64"'], 'SGVsbG8='), text: 'Hello' }, // prettier-ignore
  { name: 'a type and a disposition in quotes', source: letter('x', ['Content-Type: "text/plain"', 'Content-Disposition: "attachment"; filename=a.txt'], 'Hello'), attachments: ['a.txt'] }, // prettier-ignore
]

/** Messages of current and old programs that violate the standards. */
export const PROGRAMS: readonly UglyMessage[] = [
  ...NAMED_TEXTS,
  ...ADDRESSES,
  ...FOOTERS,
  ...CUT,
  ...RAW_WORDS,
  ...EAST_ASIA,
  ...MESSAGES,
  ...STRUCTURES,
]
