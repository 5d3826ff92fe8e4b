import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseMessage } from './parse-message.ts'
import { readPart } from './read-part.ts'

/** Pieces of which mail is made, so that garbage comes near to what is read. */
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

it('reads whatever there is, gives back what is attached and takes no time', () => {
  fc.assert(
    fc.property(sources, (source) => {
      const began = performance.now()
      const message = parseMessage(source, { trustedAuthServId: '' })
      for (const { remoteId } of message.attachments) expect(readPart(source, remoteId)).toBeInstanceOf(Buffer)
      expect(message.preview.length).toBeLessThanOrEqual(255)
      expect(message.body.content.isWellFormed()).toBe(true)
      expect(performance.now() - began).toBeLessThan(3000)
    }),
    { numRuns: 1500 },
  )
})

it('takes time in proportion to what is repeated, whatever it is', () => {
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
        const began = process.threadCpuUsage()
        parseMessage(Buffer.from(before + piece.repeat(200_000 / Math.max(1, piece.length)), 'latin1'))
        // Of this thread alone, so that a busy machine changes nothing.
        const { user, system } = process.threadCpuUsage(began)
        expect((user + system) / 1000).toBeLessThan(5000)
      },
    ),
    { numRuns: 150 },
  )
}, 120_000)

it('looks for the end of a part in that part alone, however many there are without one', () => {
  const endless = Array.from(
    { length: 900 },
    (_, n) => `--b\r\nContent-Type: multipart/mixed; boundary=c${n}\r\n\r\nx\r\n`,
  )
  const file = `--b\r\nContent-Type: application/pdf\r\n\r\n${`${'A'.repeat(70)}\r\n`.repeat(90_000)}--b--\r\n`
  const source = Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${endless.join('')}${file}`)

  const began = performance.now()
  const [attachment] = parseMessage(source).attachments
  // On the thread that answers everybody.
  expect(readPart(source, attachment!.remoteId)).toHaveLength(90_000 * 72 - 2)
  expect(performance.now() - began).toBeLessThan(3000)
})
