import { DATE, FROM, letter, lines, type UglyMessage } from './ugly-message.ts'

const subject = (name: string, value: string | Uint8Array, expected: string): UglyMessage => ({
  name: `subject: ${name}`,
  source: lines(FROM, DATE, Buffer.concat([Buffer.from('Subject: '), Buffer.from(value)]), '', 'Hello'),
  subject: expected,
  text: 'Hello',
})
const from = (name: string, value: string, address: string): UglyMessage => ({
  name: `from: ${name}`,
  source: lines(`From: ${value}`, DATE, 'Subject: x', '', 'Hello'),
  from: address,
  text: 'Hello',
})

const SUBJECTS: readonly UglyMessage[] = [
  subject('in q', '=?utf-8?q?Gr=C3=BC=C3=9Fe?=', 'Grüße'),
  subject('in b, a letter cut between two words', '=?utf-8?B?R3LD?= =?utf-8?B?vMOf?= =?utf-8?B?ZQ==?=', 'Grüße'),
  subject('of latin-1, without encoding', Buffer.from('Gr\xfc\xdfe', 'latin1'), 'Grüße'),
  subject('of utf-8, without encoding', 'Grüße', 'Grüße'),
  subject('with a language', '=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'),
  subject('in an encoded word that never ends', '=?utf-8?Q?Gr=C3=BC', '=?utf-8?Q?Gr=C3=BC'),
  subject('in lower case of q and glued to words', 'Re: =?UTF-8?q?Gr=C3=BC=C3=9Fe?= an alle', 'Re: Grüße an alle'),
  subject('of iso-2022-jp', '=?iso-2022-jp?B?GyRCJDMkcxsoQg==?=', 'こん'),
  subject('folded in the middle', 'one\r\n two\r\n\tthree', 'one two three'.replaceAll(' ', ' ')),
  subject('with a tab and a bell', 'a\tb\u0007c', 'a b c'),
  subject('that is empty', '', ''),
  subject('with an encoded line break', '=?utf-8?Q?a=0D=0ABcc:_evil?=', 'a Bcc: evil'),
  subject('of a thousand words', 'word '.repeat(1000).trim(), 'word '.repeat(400).slice(0, 2000)),
]

const FROMS: readonly UglyMessage[] = [
  from('without brackets', 'kim@customer.example', 'kim@customer.example'),
  from('with the name in a comment', 'kim@customer.example (Kim)', 'kim@customer.example'),
  from('with a comma in the name', '"Doe, Kim" <kim@customer.example>', 'kim@customer.example'),
  from('with an address as the name', '"boss@contoso.example" <kim@customer.example>', 'kim@customer.example'),
  from('with an encoded address as the name', '=?utf-8?Q?boss=40contoso.example?= <kim@customer.example>', 'kim@customer.example'), // prettier-ignore
  from('of a group', 'Team: kim@customer.example, lee@customer.example;', 'kim@customer.example'),
  from('with an unclosed quote', '"Kim <kim@customer.example>', 'kim@customer.example'),
  from('with an unclosed bracket', 'Kim <kim@customer.example', 'kim@customer.example'),
  from('twice in brackets', 'Kim <<kim@customer.example>>', 'kim@customer.example'),
  from('in other letters', 'Ким <почта@пример.example>', 'почта@пример.example'),
  from('turned around', '\u202eKim <kim@customer.example>', 'kim@customer.example'),
]

const OTHERS: readonly UglyMessage[] = [
  { name: 'no header at all', source: lines('', 'Only text'), text: 'Only text' },
  { name: 'nothing at all', source: Buffer.alloc(0) },
  { name: 'one line end', source: Buffer.from('\r\n') },
  { name: 'header without a text', source: Buffer.from(`${FROM}\r\nSubject: x`), subject: 'x' },
  { name: 'line ends of unix', source: Buffer.from(`${FROM}\nSubject: x\n\nHello\nthere\n`), text: 'Hello\nthere' },
  { name: 'line ends of old macs', source: Buffer.from(`${FROM}\rSubject: x\r\rHello\r`), text: 'Hello', subject: 'x' },
  { name: 'mixed line ends', source: Buffer.from(`${FROM}\nSubject: x\r\n\nHello`), text: 'Hello', subject: 'x' },
  { name: 'a line of mbox before it', source: lines('From kim Thu Nov 26 20:00:00 2026', FROM, 'Subject: x', '', 'Hello'), text: 'Hello', subject: 'x' }, // prettier-ignore
  { name: 'an escaped line of mbox before it', source: lines('>From kim Thu Nov 26', FROM, 'Subject: x', '', 'Hello'), text: 'Hello', subject: 'x' }, // prettier-ignore
  { name: 'a line in the header that is no field', source: lines(FROM, 'this is no field', 'Subject: x', '', 'Hello'), text: 'Hello', subject: 'x' }, // prettier-ignore
  { name: 'a header that runs into its text', source: lines(FROM, 'Subject: x', 'Hello there,', 'this is the text'), text: 'Hello there', subject: 'x' }, // prettier-ignore
  { name: 'spaces before a colon', source: lines(FROM, 'Subject : x', '', 'Hello'), text: 'Hello', subject: 'x' },
  { name: 'fields in capitals', source: lines('FROM: kim@customer.example', 'SUBJECT: x', '', 'Hello'), subject: 'x', from: 'kim@customer.example' }, // prettier-ignore
  { name: 'two senders and two subjects', source: lines(FROM, 'From: evil@else.example', 'Subject: x', 'Subject: y', '', 'Hello'), subject: 'x', from: 'kim@customer.example' }, // prettier-ignore
  { name: 'a field that begins folded', source: lines(' folded', FROM, 'Subject: x', '', 'Hello'), text: 'Hello' },
  { name: 'a field of a megabyte', source: lines(FROM, `X-Long: ${'x'.repeat(900_000)}`, 'Subject: x', '', 'Hello'), text: 'Hello', subject: 'x' }, // prettier-ignore
  { name: 'a header of two megabytes', source: lines(FROM, 'Subject: x', ...Array.from({ length: 20 }, () => `X-Long: ${'x'.repeat(100_000)}`), '', 'Hello'), quarantine: 'header_too_big', subject: 'x' }, // prettier-ignore
  { name: 'ten thousand fields', source: lines(FROM, 'Subject: x', ...Array.from({ length: 10_000 }, (_, n) => `X-${n}: y`), '', 'Hello'), quarantine: 'header_too_big' }, // prettier-ignore
  { name: 'ten thousand recipients', source: lines(FROM, 'Subject: x', `To: ${Array.from({ length: 10_000 }, (_, n) => `a${n}@x.example`).join(',\r\n ')}`, '', 'Hello'), text: 'Hello' }, // prettier-ignore
  { name: 'ten thousand references', source: lines(FROM, 'Subject: x', `References: ${Array.from({ length: 10_000 }, (_, n) => `<r${n}@x.example>`).join('\r\n ')}`, '', 'Hello'), text: 'Hello' }, // prettier-ignore
  { name: 'a date of the year 20', source: lines(FROM, 'Date: Thu, 26 Nov 20 20:00:00 +0100', 'Subject: x', '', 'Hello'), text: 'Hello' }, // prettier-ignore
  { name: 'a date in words', source: lines(FROM, 'Date: yesterday', 'Subject: x', '', 'Hello'), text: 'Hello' },
  { name: 'a date of the year 99999', source: lines(FROM, 'Date: Thu, 26 Nov 99999 20:00:00 +0100', 'Subject: x', '', 'Hello'), text: 'Hello' }, // prettier-ignore
  { name: 'a Message-ID of spaces', source: letter('x', ['Message-ID: <   >'], 'Hello'), text: 'Hello' },
  { name: 'a Message-ID without brackets', source: letter('x', ['Message-ID: abc@x.example'], 'Hello'), text: 'Hello' },
  { name: 'a Message-ID of ten kilobytes', source: letter('x', [`Message-ID: <${'x'.repeat(10_000)}@x.example>`], 'Hello'), text: 'Hello' }, // prettier-ignore
  { name: 'a thousand nested comments', source: lines(`From: ${'('.repeat(1000)}x${')'.repeat(1000)} kim@customer.example`, 'Subject: x', '', 'Hello'), text: 'Hello' }, // prettier-ignore
  { name: 'a hundred thousand quotes in From', source: lines(`From: ${'"<,;:('.repeat(16_000)} kim@customer.example`, 'Subject: x', '', 'Hello'), text: 'Hello' }, // prettier-ignore
  { name: 'a hundred thousand encoded words', source: lines(FROM, `Subject: ${'=?utf-8?Q?a?= '.repeat(15_000)}`, '', 'Hello'), text: 'Hello' }, // prettier-ignore
]

export const HEADERS: readonly UglyMessage[] = [...SUBJECTS, ...FROMS, ...OTHERS]
