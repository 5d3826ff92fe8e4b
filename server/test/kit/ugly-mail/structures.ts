import { base64, DATE, FROM, letter, lines, multipart, withParts, type UglyMessage } from './ugly-message.ts'

const TEXT = ['Content-Type: text/plain', '', 'Hello']
const PDF = ['Content-Type: application/pdf; name=a.pdf', 'Content-Transfer-Encoding: base64', '', base64(Buffer.from('%PDF-1.7'))] // prettier-ignore
const head = (...fields: string[]) => [FROM, DATE, 'Subject: x', ...fields]
const typed = (type: string, ...body: string[]) => lines(...head(`Content-Type: ${type}`), '', ...body)

/** Attachment name as written in the header, and as displayed. */
const NAMES: readonly (readonly [field: string, shown: string])[] = [
  ["filename*=utf-8''%E2%82%AC.pdf", '€.pdf'],
  ["filename*=iso-8859-1''Gr%FC%DFe.pdf", 'Grüße.pdf'],
  ["filename*0*=utf-8''%E2%82%AC; filename*1=%20a.pdf", '€%20a.pdf'],
  ['filename*0=one; filename*1=two; filename*2=.pdf', 'onetwo.pdf'],
  ['filename*1=two.pdf; filename*0=one', 'onetwo.pdf'],
  ['filename="=?utf-8?B?4oKsLnBkZg==?="', '€.pdf'],
  ['filename="=?utf-8?Q?=E2=82=AC?= =?utf-8?Q?.pdf?="', '€.pdf'],
  ['filename=€.pdf', '€.pdf'],
  ['filename=with spaces.pdf', 'with spaces.pdf'],
  ['filename="open.pdf', 'open.pdf'],
  ['filename="a\\"b.pdf"', 'a"b.pdf'],
  ['filename="../../../etc/passwd"', 'passwd'],
  ['filename="/absolute/path.pdf"', 'path.pdf'],
  ['filename="a\u0000b.pdf"', 'a b.pdf'],
  ['filename="invoice\u202efdp.exe"', 'invoicefdp.exe'],
  ['filename="a\u200b.pdf"', 'a.pdf'],
  ['filename=""', 'attachment.pdf'],
  ['filename=".."', 'attachment.pdf'],
  ["filename*=utf-8''%FF%FE", 'attachment.pdf'],
  ["filename*=''", 'attachment.pdf'],
  [`filename="${'x'.repeat(1000)}.pdf"`, `${'x'.repeat(251)}.pdf`],
]

const BROKEN: readonly UglyMessage[] = [
  { name: 'a multipart without its end', source: lines(...head('Content-Type: multipart/mixed; boundary=b'), '', '--b', '', 'Hello'), text: 'Hello' }, // prettier-ignore
  { name: 'a multipart cut within base64', source: lines(...head('Content-Type: multipart/mixed; boundary=b'), '', '--b', ...TEXT, '--b', 'Content-Type: image/png; name=a.png', 'Content-Transfer-Encoding: base64', '', 'iVBORw0KG'), text: 'Hello', attachments: ['a.png'] }, // prettier-ignore
  { name: 'a multipart without a boundary', source: lines(...head('Content-Type: multipart/mixed'), '', '--abcdef', ...TEXT, '--abcdef--'), text: 'Hello' }, // prettier-ignore
  { name: 'a boundary that never comes', source: lines(...head('Content-Type: multipart/mixed; boundary=never'), '', 'Hello'), text: 'Hello' }, // prettier-ignore
  { name: 'an empty multipart', source: lines(...head('Content-Type: multipart/mixed; boundary=b'), '', '--b--'), text: '' }, // prettier-ignore
  { name: 'a boundary with spaces behind it', source: lines(...head('Content-Type: multipart/mixed; boundary=b'), '', '--b   ', ...TEXT, '--b--  '), text: 'Hello' }, // prettier-ignore
  { name: 'a boundary that begins another one', source: lines(...head('Content-Type: multipart/mixed; boundary=b'), '', '--b', ...multipart('alternative', TEXT).map((line) => String(line).replaceAll('=_b', 'bb')), '--b--'), text: 'Hello' }, // prettier-ignore
  { name: 'the same boundary twice', source: withParts('x', 'mixed', multipart('alternative', TEXT)), text: 'Hello' },
  { name: 'a boundary in quotes with signs', source: lines(...head('Content-Type: multipart/mixed; boundary="=_?b:(c)"'), '', '--=_?b:(c)', ...TEXT, '--=_?b:(c)--'), text: 'Hello' }, // prettier-ignore
  { name: 'a boundary of 200 letters', source: lines(...head(`Content-Type: multipart/mixed; boundary=${'b'.repeat(200)}`), '', `--${'b'.repeat(200)}`, ...TEXT, `--${'b'.repeat(200)}--`), text: 'Hello' }, // prettier-ignore
  { name: 'text before and behind a multipart', source: lines(...head('Content-Type: multipart/mixed; boundary=b'), '', 'preamble', '--b', ...TEXT, '--b--', 'epilogue'), text: 'Hello' }, // prettier-ignore
  { name: 'a part without an empty line', source: lines(...head('Content-Type: multipart/mixed; boundary=b'), '', '--b', 'Hello', 'there', '--b--'), text: 'there' }, // prettier-ignore
  { name: 'a type that is none', source: typed('nonsense', 'Hello'), text: 'Hello' },
  { name: 'a type called text', source: typed('text', 'Hello'), text: 'Hello' },
  { name: 'a type with a comment', source: typed('text/plain (really); charset=utf-8', 'Hello'), text: 'Hello' },
  { name: 'a type without a semicolon', source: typed('text/plain charset=utf-8', 'Hello'), text: 'Hello' },
  { name: 'an encoding that is unknown', source: lines(...head('Content-Transfer-Encoding: x-secret'), '', 'Hello'), text: 'Hello' }, // prettier-ignore
  { name: 'base64 with spaces and rubbish', source: lines(...head('Content-Transfer-Encoding: base64'), '', 'SG Vs', 'bG8!'), text: 'Hello' }, // prettier-ignore
  { name: 'base64 in two pieces, each padded', source: lines(...head('Content-Transfer-Encoding: base64'), '', 'SGVsbG8=', 'IHlvdQ=='), text: 'Hello you' }, // prettier-ignore
  { name: 'base64 without its padding', source: lines(...head('Content-Transfer-Encoding: base64'), '', 'SGVsbG8'), text: 'Hello' }, // prettier-ignore
  { name: 'base64 that is none', source: lines(...head('Content-Transfer-Encoding: base64'), '', '%%%%'), text: '' },
  { name: 'quoted-printable with broken codes', source: lines(...head('Content-Transfer-Encoding: quoted-printable'), '', 'Hel=lo =GG =', 'you='), text: 'you' }, // prettier-ignore
  { name: 'quoted-printable in lower case', source: lines(...head('Content-Transfer-Encoding: quoted-printable', 'Content-Type: text/plain; charset=utf-8'), '', 'Gr=c3=bc=c3=9fe'), text: 'Grüße' }, // prettier-ignore
  { name: 'a line of a megabyte', source: lines(...head(), '', `Hello ${'x'.repeat(1_000_000)}`), text: 'Hello' },
  { name: 'two million empty lines', source: lines(...head(), '', '\r\n'.repeat(2_000_000), 'Hello'), text: 'Hello' },
  { name: 'a text of six million letters', source: lines(...head(), '', 'Hello '.repeat(1_000_000)), text: 'Hello', marks: { defects: ['text_cut'] } }, // prettier-ignore
  { name: 'two thousand parts', source: withParts('x', 'mixed', ...Array.from({ length: 2000 }, () => TEXT)), text: 'Hello', quarantine: 'too_many_parts' }, // prettier-ignore
  { name: 'a hundred multiparts in one another', source: lines(...head(), ...Array.from({ length: 100 }, (_, n) => [`Content-Type: multipart/mixed; boundary=b${n}`, '', `--b${n}`]).flat(), '', 'Hello'), quarantine: 'too_deep' }, // prettier-ignore
  { name: 'a thousand messages in one another', source: lines(...head(), ...Array.from({ length: 1000 }, () => ['Content-Type: message/rfc822', '', 'Subject: inner']).flat(), '', 'Hello'), attachments: ['inner.eml'] }, // prettier-ignore
  { name: 'two hundred thousand boundaries of somebody else', source: withParts('x', 'mixed', ['', '--=_c\r\n'.repeat(200_000)]), text: '--=_c' }, // prettier-ignore
  { name: 'html nested a hundred thousand deep', source: typed('text/html', `${'<div>'.repeat(100_000)}Hello`), text: 'Hello' }, // prettier-ignore
  { name: 'a zip that unpacks to much', source: withParts('x', 'mixed', TEXT, ['Content-Type: application/zip; name=bomb.zip', 'Content-Transfer-Encoding: base64', '', base64(Buffer.alloc(200_000))]), text: 'Hello', attachments: ['bomb.zip'] }, // prettier-ignore
]

const SHAPES: readonly UglyMessage[] = [
  { name: 'only an attachment', source: lines(...head('Content-Type: application/pdf; name=a.pdf', 'Content-Transfer-Encoding: base64'), '', 'JVBERi0='), attachments: ['a.pdf'], text: '' }, // prettier-ignore
  { name: 'text between files, as Apple Mail writes', source: withParts('x', 'mixed', TEXT, PDF, ['', 'Behind']), text: 'Behind', attachments: ['a.pdf'] }, // prettier-ignore
  { name: 'html and text mixed', source: withParts('x', 'mixed', TEXT, ['Content-Type: text/html', '', '<b>Rich</b>']), text: '<b>Rich</b>' }, // prettier-ignore
  { name: 'alternatives in the wrong order', source: withParts('x', 'alternative', ['Content-Type: text/html', '', '<b>Rich</b>'], TEXT), text: '<b>Rich</b>' }, // prettier-ignore
  { name: 'alternatives of which the html is empty', source: withParts('x', 'alternative', TEXT), text: 'Hello' },
  { name: 'alternatives with an attachment among them', source: withParts('x', 'alternative', TEXT, PDF), text: 'Hello', attachments: ['a.pdf'] }, // prettier-ignore
  { name: 'related with its root behind', source: withParts('x', 'related; start="<root>"', ['Content-Type: image/png', 'Content-ID: <a>', '', 'x'], ['Content-Type: text/html', 'Content-ID: <root>', '', '<img src="cid:a">']), text: '<img', attachments: ['attachment.png'] }, // prettier-ignore
  { name: 'an image that is inline and not shown', source: withParts('x', 'mixed', TEXT, ['Content-Type: image/png', 'Content-Disposition: inline', '', 'x']), attachments: ['attachment.png'] }, // prettier-ignore
  { name: 'a text that is called an attachment', source: withParts('x', 'mixed', TEXT, ['Content-Type: text/plain', 'Content-Disposition: attachment; filename=log.txt', '', 'log']), text: 'Hello', attachments: ['log.txt'] }, // prettier-ignore
  { name: 'a digest', source: withParts('x', 'digest', ['', 'Subject: one', '', 'One'], ['', 'Subject: two', '', 'Two']), attachments: ['one.eml', 'two.eml'] }, // prettier-ignore
  { name: 'a forwarded message in base64', source: withParts('x', 'mixed', TEXT, ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', '', base64(letter('inner', [], 'Inside'))]), attachments: ['inner.eml'], text: 'Hello' }, // prettier-ignore
  { name: 'a part of a message', source: typed('message/partial; id=x; number=1; total=2', 'Hello'), attachments: ['attachment.bin'] }, // prettier-ignore
  { name: 'a body that lies elsewhere', source: typed('message/external-body; access-type=anon-ftp; site=x; name=y', 'Content-Type: text/plain'), attachments: ['y'] }, // prettier-ignore
  { name: 'uuencode in a text', source: lines(...head(), '', 'Hello', 'begin 644 cat.txt', '#0V%T', '`', 'end'), text: 'Hello', attachments: ['cat.txt'] }, // prettier-ignore
  { name: 'uuencode without its end', source: lines(...head(), '', 'Hello', 'begin 644 cat.txt', '#0V%T'), text: 'Hello', attachments: ['cat.txt'] }, // prettier-ignore
  { name: 'a text that begins like uuencode', source: lines(...head(), '', 'begin 644 of our letters', 'is what you should do first, please, dear customer of many years.'), text: 'begin 644' }, // prettier-ignore
  { name: 'flowed text', source: typed('text/plain; format=flowed; delsp=yes', 'Hel ', 'lo'), text: 'Hello' },
  {
    name: 'enriched text alone',
    source: typed('text/enriched', '<bold>Hello</bold>'),
    attachments: ['attachment.bin'],
  },
  { name: 'pgp in the text', source: lines(...head(), '', '-----BEGIN PGP MESSAGE-----', '', 'abc', '-----END PGP MESSAGE-----'), marks: { protection: { kind: 'pgp', what: 'encrypted' } } }, // prettier-ignore
  { name: 'signed with S/MIME', source: withParts('x', 'signed; protocol="application/pkcs7-signature"', TEXT, ['Content-Type: application/pkcs7-signature; name=smime.p7s', '', 'x']), text: 'Hello', marks: { protection: { kind: 'smime', what: 'signed' } } }, // prettier-ignore
  { name: 'encrypted with S/MIME', source: typed('application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m', 'x'), attachments: ['smime.p7m'], marks: { protection: { kind: 'smime', what: 'encrypted' } } }, // prettier-ignore
  { name: 'encrypted with PGP', source: withParts('x', 'encrypted; protocol="application/pgp-encrypted"', ['Content-Type: application/pgp-encrypted', '', 'Version: 1'], ['Content-Type: application/octet-stream; name=encrypted.asc', '', 'x']), marks: { protection: { kind: 'pgp', what: 'encrypted' } } }, // prettier-ignore
]

export const STRUCTURES: readonly UglyMessage[] = [
  ...NAMES.map(([field, shown]): UglyMessage => ({
    name: `an attachment with ${field.slice(0, 60)}`,
    source: withParts('x', 'mixed', TEXT, ['Content-Type: application/pdf', `Content-Disposition: attachment; ${field}`, '', 'x']), // prettier-ignore
    text: 'Hello',
    attachments: [shown],
  })),
  ...BROKEN,
  ...SHAPES,
]
