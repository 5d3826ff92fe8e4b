import { describe, expect, it } from 'vitest'
import { measureGrowth, leastCpuMs, LINEAR } from '../../test/kit/index.ts'
import { BOUNDS, Findings } from './bounds.ts'
import { fileName } from './file-name.ts'
import { readParameters } from './parameters.ts'
import { parseMessage } from './parse-message.ts'
import { quickPreview } from './preview.ts'

const HEADERS = ['From', 'Subject', 'Date', 'Message-ID', 'References', 'List-Id', 'Authentication-Results', 'Content-Type', 'Content-ID', 'Content-Disposition', 'Content-Transfer-Encoding', 'Auto-Submitted'] // prettier-ignore
const TYPES = ['text/plain', 'text/plain; format=flowed; delsp=yes', 'text/html', 'text/calendar', 'application/ms-tnef', 'multipart/mixed; boundary=b', 'multipart/mixed', 'multipart/report'] // prettier-ignore
const REPORT_FIELDS = ['Final-Recipient', 'Action', 'Status', 'Diagnostic-Code', 'Reporting-MTA']
const lines = (...all: string[]) => Buffer.from(all.join('\r\n'))
const report = (field: string, value: string) =>
  lines(
    ...['Content-Type: multipart/report; report-type=delivery-status; boundary=b', '', '--b'],
    ...['Content-Type: message/delivery-status', '', `${field}: ${value}`, '', '--b--', ''],
  )

const READERS: Record<string, (text: string) => unknown> = {
  ...Object.fromEntries(
    HEADERS.map((name) => [name, (text: string) => parseMessage(lines(`${name}: x ${text} x`, '', 'x'))]),
  ),
  charset: (text) => parseMessage(lines(`Content-Type: text/plain; charset="x${text}x"`, '', 'ä')),
  ...Object.fromEntries(
    TYPES.map((type) => [type, (text: string) => parseMessage(lines(`Content-Type: ${type}`, '', text))]),
  ),
  ...Object.fromEntries(REPORT_FIELDS.map((name) => [name, (text: string) => parseMessage(report(name, text))])),
  'base64 text': (text) => parseMessage(lines('Content-Transfer-Encoding: base64', '', text)),
  'base64 text with a footer': (text) =>
    parseMessage(lines('Content-Transfer-Encoding: base64', '', 'SGVsbG8=', text, 'the end.')),
  'ISO-2022-KR text': (text) => parseMessage(lines('Content-Type: text/plain; charset=iso-2022-kr', '', text)),
  'alternatives of which the HTML is blank': (text) =>
    parseMessage(lines('Content-Type: multipart/alternative; boundary=b', '', '--b', '', 'x', '--b', 'Content-Type: text/html', '', text, '--b--')), // prettier-ignore
  'equal boundaries': (text) =>
    parseMessage(lines('Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: multipart/mixed; boundary=b', '', text)), // prettier-ignore
  'quoted-printable text': (text) => parseMessage(lines('Content-Transfer-Encoding: quoted-printable', '', text)),
  'uuencoded text': (text) => parseMessage(lines('', 'begin 644 x', text, 'end')),
  fileName: (text) => fileName(text, 'text/plain', new Findings()),
  readParameters: (text) => readParameters(`x; ${text}`),
  quickPreview: (text) => quickPreview({ type: 'html', content: text }),
}
const PIECES = [' ', '\t', '"', "'", '\\', '(', ')', '<', '>', '<a', '<!-- ', '<script></script>', '&nbsp;', '=', '=\n', ';', '; a=b', "; a*0*=x'y'z", ':', ',', '@', 'a', 'a@b, ', '.', '/', 'UT ', '\n', ' \n', '\n--b\n', '\n--b\nX: y', '--b--\n', '\n--b\nContent-Type: multipart/mixed; boundary=b\n\n', '\u001b$)C\u000e', '\u00c3', 'begin 644 x\nend\n', '>\n', '> \n', '=?utf-8?q?', '=?utf-8?q?=41?= ', '-----BEGIN PGP MESSAGE-----', 'BEGIN:VCALENDAR\n', 'BEGIN:VEVENT\n', '\u202e', 'ä', '\0'] // prettier-ignore

/** Header fields are cut at this length: a longer field takes no more time. */
const mostOf = (name: string) => (HEADERS.includes(name) || REPORT_FIELDS.includes(name) ? BOUNDS.fieldBytes : Infinity)

describe('functions that parse mail take time proportional to its length', () => {
  it.each(Object.entries(READERS))(
    '%s',
    (name, read) => {
      const slow = PIECES.flatMap((piece) => {
        const text = (length: number) => piece.repeat(Math.ceil(Math.min(length, mostOf(name)) / piece.length))
        const growth = measureGrowth((length) => read(text(length)))
        return growth < LINEAR ? [] : [[piece, Math.round(growth)]]
      })
      expect(slow).toEqual([])
    },
    60_000,
  )
})

it("parts whose header doesn't end take no more time than parts without a header", () => {
  const cost = (part: string) => {
    const opening = lines('Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: multipart/mixed; boundary=b', '', '') // prettier-ignore
    const source = Buffer.concat([opening, Buffer.from(part.repeat(5_000))])
    return leastCpuMs(() => parseMessage(source))
  }
  cost('--b\n\n\n')
  expect(cost('--b\nX: y\n') / cost('--b\n\n\n')).toBeLessThan(25)
})
