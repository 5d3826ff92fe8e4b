import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMime } from '../mime/index.ts'
import { wireMime } from './wire-mime.ts'

const fields = {
  from: { name: 'Anna Berg', address: 'anna@contoso.example' },
  sender: undefined,
  internetMessageId: '<new@contoso.example>',
  sentAt: Date.UTC(2026, 10, 2, 8),
}
const wire = (mime: string, more = {}) =>
  Buffer.from(wireMime(Buffer.from(mime, 'latin1'), { ...fields, ...more })).toString('latin1')

describe('wireMime', () => {
  it("sets Exchange's fields and keeps the rest unchanged", () => {
    expect(wire('from: x@y\r\nBCC: a@b,\r\n c@d\r\nSubject: s\r\n\tt\r\nmessage-id: <old@x>\r\n\r\n\xff\n\0body')).toBe(
      'From: "Anna Berg" <anna@contoso.example>\r\nDate: Mon, 02 Nov 2026 08:00:00 +0000\r\n' +
        'Message-ID: <new@contoso.example>\r\nSubject: s\r\n\tt\r\n\r\n\xff\n\0body',
    )
  })

  it('keeps the From of the message when there is no other, and names the sender on behalf', () => {
    const sender = { name: 'B', address: 'b@x.example' }
    expect(wire('From: x@y.example\n\nHi', { from: undefined, sender })).toMatch(
      /^Sender: "B" <b@x\.example>\r\n[^]*From: x@y\.example\r\n\r\nHi$/,
    )
  })

  it('keeps any name within its header field', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.string({ maxLength: 40 }),
        async (name, subject) => {
          const safe = subject.replace(/[\r\n]/g, '')
          const sent = wireMime(Buffer.from(`Subject: ${safe}\r\n\r\nHi`), {
            ...fields,
            from: { ...fields.from, name },
          })
          const { content } = await parseMime(sent)
          expect(content.from?.address).toBe('anna@contoso.example')
          expect(content.internetMessageId).toBe('<new@contoso.example>')
          expect(content.headers.map((header) => header.name)).toEqual(['From', 'Date', 'Message-ID', 'Subject'])
          expect(content.body.content.trim()).toBe('Hi')
        },
      ),
      { numRuns: 200 },
    )
  })

  it('encodes names of any language as encoded words', async () => {
    const name = 'Żółć 高橋 🎉 with a rather long tail so that it takes several words'
    const { content } = await parseMime(
      wireMime(Buffer.from('\r\n\r\nHi'), { ...fields, from: { ...fields.from, name } }),
    )
    expect(content.from).toEqual({ name, address: 'anna@contoso.example' })
  })

  it.each(['', '\r\n', 'no header', 'Subject: only', '\n\nbody'])('accepts %j without an error', (mime) => {
    expect(wire(mime)).toMatch(
      /^From: .*\r\nDate: .*\r\nMessage-ID: <new@contoso\.example>\r\n(?:Subject: only\r\n)?\r\n/,
    )
  })
})
