import { base64, letter, withParts, type UglyMessage } from './ugly-message.ts'

const hex = (text: string) => Buffer.from(text, 'hex')
const latin1 = (text: string) => Buffer.from(text, 'latin1')
const plain = (charset: string) => [`Content-Type: text/plain; charset=${charset}`]

/** Bytes, their declared charset, and the expected text. */
const TEXTS: readonly (readonly [name: string, fields: readonly string[], body: Uint8Array, text: string])[] = [
  ['latin-1 that is declared', plain('iso-8859-1'), latin1('Gr\xfc\xdfe'), 'Grüße'],
  ['latin-1 declared as ascii', plain('us-ascii'), latin1('Gr\xfc\xdfe aus K\xf6ln'), 'Grüße aus Köln'],
  ['latin-1 declared as utf-8', plain('utf-8'), latin1('Gr\xfc\xdfe'), 'Grüße'],
  ['utf-8 declared as latin-1', plain('iso-8859-1'), Buffer.from('Grüße'), 'Grüße'],
  ['utf-8 declared as windows-1252', plain('windows-1252'), Buffer.from('Grüße – „ja“'), 'Grüße – „ja“'],
  ['utf-8 without a declaration', [], Buffer.from('Grüße'), 'Grüße'],
  ['utf-8 with a byte order mark', plain('utf-8'), Buffer.from('\ufeffGrüße'), 'Grüße'],
  ['windows-1252 called latin-1', plain('iso-8859-1'), hex('80203130'), '€ 10'],
  ['windows-1250', plain('windows-1250'), hex('9ca6'), 'ś'],
  ['windows-1251', plain('windows-1251'), hex('cff0e8e2e5f2'), 'Привет'],
  ['koi8-r', plain('koi8-r'), hex('f0d2c9d7c5d4'), 'Привет'],
  ['iso-8859-2', plain('iso-8859-2'), hex('b6e6'), 'ść'],
  ['iso-8859-7', plain('iso-8859-7'), hex('c3e5e9e1'), 'Γεια'],
  ['iso-8859-8-i', plain('iso-8859-8-i'), hex('f9ece5ed'), 'שלום'],
  ['iso-8859-15', plain('iso-8859-15'), hex('a4'), '€'],
  ['windows-1256', plain('windows-1256'), hex('e3d1cdc8c7'), 'مرحبا'],
  ['shift_jis', plain('shift_jis'), hex('82b182f182c982bf82cd'), 'こんにちは'],
  ['iso-2022-jp', plain('iso-2022-jp'), hex('1b2442243324731b2842'), 'こん'],
  ['euc-jp', plain('euc-jp'), hex('a4b3a4f3'), 'こん'],
  ['euc-kr', plain('euc-kr'), hex('bec8b3e7'), '안녕'],
  ['ks_c_5601-1987', plain('ks_c_5601-1987'), hex('bec8b3e7'), '안녕'],
  ['gb2312', plain('gb2312'), hex('c4e3bac3'), '你好'],
  ['gb18030', plain('gb18030'), hex('c4e3bac3'), '你好'],
  ['big5', plain('big5'), hex('a741a66e'), '你好'],
  ['cp850', plain('cp850'), hex('8194'), 'üö'],
  ['cp437', plain('ibm437'), hex('8194'), 'üö'],
  ['macintosh', plain('macintosh'), hex('9f9a'), 'üö'],
  ['utf-7', plain('utf-7'), Buffer.from('Gr+APwA3w-e'), 'Grüße'],
  ['cp932 in capitals', plain('CP932'), hex('82b182f1'), 'こん'],
  ['a charset in quotes', plain('"utf-8"'), Buffer.from('Grüße'), 'Grüße'],
  ['a charset with a space', plain(' utf-8 '), Buffer.from('Grüße'), 'Grüße'],
  ['a charset that is unknown', plain('x-klingon'), latin1('Gr\xfc\xdfe'), 'Grüße'],
  ['a charset called unknown-8bit', plain('unknown-8bit'), Buffer.from('Grüße'), 'Grüße'],
  ['a charset called base64', plain('base64'), Buffer.from('Grüße'), 'Grüße'],
  ['a charset that is a whole sentence', plain(`"${'x'.repeat(500)}"`), Buffer.from('Grüße'), 'Grüße'],
  ['utf-8 with a letter cut in two', plain('utf-8'), Buffer.concat([Buffer.from('Grüße '.repeat(40)), hex('c3')]), 'Grüße'],
  ['nul bytes between the letters', plain('utf-8'), hex('480061006c006c006f00'), 'Hallo'],
] // prettier-ignore

const ofHtml: readonly UglyMessage[] = [
  {
    name: 'charset only in the HTML',
    source: letter('meta', ['Content-Type: text/html'], latin1('<meta charset="iso-8859-1"><p>Gr\xfc\xdfe</p>')),
    text: 'Grüße',
  },
  {
    name: 'charset in an old meta tag',
    source: letter('meta', ['Content-Type: text/html'], hex('3c6d65746120687474702d65717569763d22436f6e74656e742d547970652220636f6e74656e743d22746578742f68746d6c3b20636861727365743d6b6f69382d72223e'), hex('f0d2c9d7c5d4')), // prettier-ignore
    text: 'Привет',
  },
  {
    name: 'two charsets in one message',
    source: withParts(
      'two',
      'mixed',
      ['Content-Type: text/plain; charset=koi8-r', '', hex('f0d2c9d7c5d4')],
      ['Content-Type: text/plain; charset=shift_jis', '', hex('82b182f1')],
    ),
    text: 'Привет',
  },
  {
    name: 'utf-16 in base64',
    source: letter('utf-16', ['Content-Type: text/plain; charset=utf-16', 'Content-Transfer-Encoding: base64'], base64(Buffer.from('\ufeffGrüße', 'utf16le'))), // prettier-ignore
    text: 'Grüße',
  },
]

export const CHARSETS: readonly UglyMessage[] = [
  ...TEXTS.map(([name, fields, body, text]): UglyMessage => ({ name, source: letter('x', fields, body), text })),
  ...ofHtml,
]
