import { expect, it } from 'vitest'
import { formatFrame } from './syslog-frame.ts'

const ORIGIN = { host: 'mail.example.com', version: '1.2.3' }
const entry = (subject: string) => ({
  ...{ id: 7, actor: 'cli', action: 'api_key.created' as const, subject, detail: {} },
  at: new Date('2026-05-06T09:00:00.120Z'),
})

/** Message of a frame, whose length must be right. */
function messageOf(frame: string): string {
  const [length = ''] = frame.split(' ', 1)
  const message = frame.slice(length.length + 1)
  expect(Number(length)).toBe(Buffer.byteLength(message))
  return message
}

it('has the fields of RFC 5424, the length before it, and the entry as JSON', () => {
  expect(messageOf(formatFrame(entry('key-1'), ORIGIN))).toBe(
    '<109>1 2026-05-06T09:00:00.120Z mail.example.com postkey - api_key.created ' +
      '[origin software="Postkey" swVersion="1.2.3"] ' +
      '{"id":7,"actor":"cli","action":"api_key.created","subject":"key-1","detail":{},"at":"2026-05-06T09:00:00.120Z"}',
  )
})

it.each([
  ['a line end', 'a\r\nb', String.raw`a\r\nb`],
  ['a quote and a backslash', 'a"\\b', String.raw`a\"\\b`],
  ['a zero byte', 'a\0b', String.raw`a\u0000b`],
  ['DEL and a C1 character', 'a\u007f\u0085b', String.raw`a\u007f\u0085b`],
  ['letters outside of ASCII', 'Größe', String.raw`Gr\u00f6\u00dfe`],
  ['a character outside of the BMP', '🙂', String.raw`\ud83d\ude42`],
  ['half of a surrogate pair', 'a\ud83db', String.raw`a\ud83db`],
  ['a line separator of Unicode', 'a\u2028b', String.raw`a\u2028b`],
  ['a bracket, as structured data has', 'a]b', 'a]b'],
])('escapes %s in the message, which stays ASCII and the same JSON', (_what, subject, escaped) => {
  const message = messageOf(formatFrame(entry(subject), ORIGIN))
  expect(message).toMatch(/^[\x20-\x7e]+$/)
  expect(message).toContain(`"subject":"${escaped}"`)
  expect(JSON.parse(message.slice(message.indexOf('{')))).toMatchObject({ subject })
})

it.each([
  ['"', String.raw`\"`],
  ['\\', String.raw`\\`],
  [']', String.raw`\]`],
  ['\n', '?'],
  ['ü', '?'],
])('escapes %j in structured data', (character, escaped) => {
  const message = messageOf(formatFrame(entry('key-1'), { ...ORIGIN, version: `1${character}2` }))
  expect(message).toContain(` [origin software="Postkey" swVersion="1${escaped}2"] {`)
})

it('has header fields without spaces, within their length, and never empty', () => {
  const header = (host: string) => messageOf(formatFrame(entry('key-1'), { ...ORIGIN, host })).split(' ')[2]
  expect(header('my höst')).toBe('my?h?st')
  expect(header('a'.repeat(300))).toBe('a'.repeat(255))
  expect(header('')).toBe('-')
})
