import fc from 'fast-check'
import { expect, it } from 'vitest'
import { measureGrowth, leastCpuMs, LINEAR } from '../../test/kit/index.ts'
import { parseMessage } from './parse-message.ts'
import { readPart } from './read-part.ts'

/** Typical pieces of mail, so that random input reaches the parsing code. */
const PIECES = [
  '\r\n', '\n', '\r', '\r\n\r\n', ' ', '\t', ';', ':', '=', '"', '\\', '(', ')', '<', '>', ',', '--b', '--b--', '--', '=?', '?=',
  '=?utf-8?Q?', '=?iso-2022-jp?B?', '=3D', '=\r\n', '=F', 'From: ', 'To: ', 'Subject: ', 'Date: ', 'Message-ID: ',
  'References: ', 'Content-Type: ', 'Content-Disposition: attachment; filename', 'Content-Transfer-Encoding: ', 'multipart/mixed; boundary=b',
  'multipart/alternative; boundary="b"', 'multipart/report; boundary=b', 'message/rfc822', 'message/delivery-status', 'text/html', 'text/plain; format=flowed',
  'text/calendar', 'application/ms-tnef', 'base64', 'quoted-printable', "*0*=utf-8''", '*1=', 'charset=', 'utf-7', 'begin 644 x\r\n',
  'end', 'BEGIN:VCALENDAR\r\n', 'BEGIN:VEVENT\r\n', 'DTSTART:2026', 'END:VEVENT\r\n', 'END:VCALENDAR\r\n', '\x78\x9f\x3e\x22', '\0', '\xff\xfe', '\xef\xbb\xbf', 'cid:', '<style>', '<img src=', '<!--',
] // prettier-ignore

const sources = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) }), { maxLength: 120 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1')) }, // prettier-ignore
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)) },
)

it('any input is parsed quickly, and its attachments can be read', () => {
  fc.assert(
    fc.property(sources, (source) => {
      const began = process.threadCpuUsage()
      const message = parseMessage(source, { trustedAuthServId: '' })
      for (const { remoteId } of message.attachments) expect(readPart(source, remoteId)).toBeInstanceOf(Buffer)
      expect(message.preview.length).toBeLessThanOrEqual(255)
      expect(message.body.content.isWellFormed()).toBe(true)
      const { user } = process.threadCpuUsage(began)
      // Measured again when slow, because a stalled machine may count as CPU time.
      if (user > 1e6) expect(leastCpuMs(() => parseMessage(source, { trustedAuthServId: '' }))).toBeLessThan(1000)
    }),
    { numRuns: 1500 },
  )
})

it('parsing takes time proportional to the length of any repeated input', () => {
  const times = fc.constantFrom(...PIECES, '<a>', '((', '=?a?Q?b?=', '--b\r\n', '"<', 'a@b,', "*0*='", '<div>')
  fc.assert(
    fc.property(
      times,
      fc.constantFrom(
        '',
        'Subject: ',
        'From: ',
        'Content-Type: multipart/mixed; boundary=b\r\n\r\n',
        'Content-Type: text/html\r\n\r\n',
        'Content-Type: a/b; x',
        '\r\n\r\n',
      ),
      (piece, before) => {
        const growth = measureGrowth((length) =>
          parseMessage(Buffer.from(before + piece.repeat(length / Math.max(1, piece.length)), 'latin1')),
        )
        expect(growth).toBeLessThan(LINEAR)
      },
    ),
    { numRuns: 150 },
  )
})

it('the end of a part is searched only within that part, however many parts lack one', () => {
  const cost = (parts: number, lines: number) => {
    const endless = Array.from(
      { length: parts },
      (_, n) => `--b\r\nContent-Type: multipart/mixed; boundary=c${n}\r\n\r\nx\r\n`,
    )
    const file = `--b\r\nContent-Type: application/pdf\r\n\r\n${`${'A'.repeat(70)}\r\n`.repeat(lines)}--b--\r\n`
    const source = Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${endless.join('')}${file}`)
    return leastCpuMs(() => {
      const [attachment] = parseMessage(source).attachments
      // `readPart` runs on the main thread, which serves all requests.
      expect(readPart(source, attachment!.remoteId)).toHaveLength(lines * 72 - 2)
    })
  }
  const [both, onlyParts, onlyFile] = [cost(900, 90_000), cost(900, 1), cost(1, 90_000)]
  expect(both / (onlyParts + onlyFile)).toBeLessThan(5)
})
