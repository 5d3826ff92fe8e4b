import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAddress } from './address.ts'
import { composeMime } from './compose-mime.ts'
import type { OutgoingMessage } from './message.ts'

const MESSAGE: OutgoingMessage = {
  messageId: '7b1e@contoso.example',
  sentAt: new Date('2026-11-24T10:00:00Z'),
  from: { name: 'Contoso Support', address: 'support@contoso.example' },
  to: [{ name: 'Kim, of Sales', address: 'kim@customer.example' }],
  cc: [],
  bcc: [{ name: '', address: 'quiet@customer.example' }],
  subject: 'Re: Grüße',
  text: 'Hello Kim\n',
  html: '<p>Hello Kim <img src="cid:logo@contoso.example"></p>',
  inReplyTo: ['b@customer.example'],
  references: ['a@customer.example', 'b@customer.example'],
  attachments: [
    { name: 'Übersicht.pdf', contentType: 'application/pdf', isInline: false, content: Buffer.from('%PDF') },
    {
      name: 'logo.png',
      contentType: 'image/png',
      contentId: 'logo@contoso.example',
      isInline: true,
      content: Buffer.from('png'),
    },
  ],
}

describe('a composed message', () => {
  it('has the given Message-ID, date, In-Reply-To ids and Bcc', async () => {
    const head = headOf(await composeMime(MESSAGE))

    expect(head).toMatchObject({
      'message-id': '<7b1e@contoso.example>',
      date: 'Tue, 24 Nov 2026 10:00:00 +0000',
      from: 'Contoso Support <support@contoso.example>',
      to: '"Kim, of Sales" <kim@customer.example>',
      bcc: 'quiet@customer.example',
      'in-reply-to': '<b@customer.example>',
      references: '<a@customer.example> <b@customer.example>',
      'mime-version': '1.0',
    })
    expect(head['x-mailer']).toBeUndefined()
  })

  it('has alternatives of text and HTML, the image with the HTML, and the file beside them', async () => {
    const mime = (await composeMime(MESSAGE)).toString()

    expect([...mime.matchAll(/^Content-Type: ([\w/+-]+)/gm)].map(([, type]) => type)).toEqual([
      'multipart/mixed',
      'multipart/alternative',
      'text/plain',
      'multipart/related',
      'text/html',
      'image/png',
      'application/pdf',
    ])
    expect(mime).toMatch(/^Content-Id: <logo@contoso\.example>/im)
  })

  it.each<[string, Partial<OutgoingMessage>]>([
    ['subject', { subject: 'a\r\nBcc: evil@x.example' }],
    ['subject with a lone line feed', { subject: 'a\nb' }],
    ['name', { from: { name: 'a\r\nBcc: evil@x.example', address: 'a@x.example' } }],
    ['address', { to: [{ name: '', address: 'a@x.example\r\nBcc: evil@x.example' }] }],
    ['two addresses in one', { to: [{ name: '', address: 'a@x.example,evil@x.example' }] }],
    ['address with a name in it', { to: [{ name: '', address: 'a<evil@x.example>' }] }],
    ['Message-ID', { messageId: 'a@x>\r\nBcc: evil@x.example' }],
    ['answered id', { inReplyTo: ['a b'] }],
    ['references', { references: ['a@x', 'b>\r\nX: y'] }],
    ['attachment name', { attachments: [{ ...MESSAGE.attachments[0]!, name: 'a\r\nX: y' }] }],
    ['attachment type', { attachments: [{ ...MESSAGE.attachments[0]!, contentType: 'text/plain\r\nX: y' }] }],
    ['Content-ID', { attachments: [{ ...MESSAGE.attachments[0]!, contentId: 'a>\r\nX: y' }] }],
    ['Reply-To', { replyTo: [{ name: '', address: 'nobody' }] }],
    ['custom field', { headers: { 'X-Order': '1\r\nBcc: all@contoso.example' } }],
    ['empty custom field', { headers: { 'X-Order': '' } }],
    ['encoded custom field', { headers: { 'X-Order': '=?UTF-8?Q?a?=' } }],
    ['field of Exchange', { headers: { 'X-MS-Exchange-Organization-SCL': '-1' } }],
    ['name of a custom field', { headers: { 'X-Order: 1\r\nBcc': 'all@contoso.example' } }],
    ['date', { sentAt: new Date('never') }],
  ])('is refused when its %s would inject another header', async (_field, changes) => {
    await expect(composeMime({ ...MESSAGE, ...changes })).rejects.toMatchObject({ code: 'mail.header_refused' })
  })

  it.each([
    '4711',
    JSON.stringify({ order: 4711, items: Array.from({ length: 12 }, (_, n) => `item ${n}`) }),
    'x'.repeat(900),
  ])('has its custom field as given: %s', async (value) => {
    const head = headOf(await composeMime({ ...MESSAGE, headers: { 'X-Order': value } }))
    expect(head['x-order']).toBe(value)
  })

  it('has only intended headers, regardless of user input', async () => {
    const field = fc.string({
      unit: fc.constantFrom('a', 'ü', '😀', '\r', '\n', '\0', ':', '<', '>', ',', '"', ' ', '=?', '\u2028'),
    })
    await fc.assert(
      fc.asyncProperty(field, field, field, async (subject, name, file) => {
        const message = {
          ...MESSAGE,
          subject,
          from: { ...MESSAGE.from, name },
          attachments: [{ ...MESSAGE.attachments[0]!, name: file }],
        }
        const mime = await composeMime(message).catch(() => undefined)
        if (mime === undefined) return
        const expected = ['message-id', 'date', 'from', 'to', 'bcc', 'subject', 'in-reply-to', 'references', 'content-type', 'mime-version'] // prettier-ignore
        expect(Object.keys(headOf(mime)).filter((key) => !expected.includes(key))).toEqual([])
        expect(mime.toString()).not.toMatch(/(?<!\r)\n/)
      }),
      { numRuns: 200 },
    )
  })

  it.each(['=?utf-8?q?=0d=0aX:_y?=', `${'long '.repeat(30)}=?utf-8?b?w7w=?= ü`])(
    'arrives as it was typed even if it looks encoded: %s',
    async (typed) => {
      const head = headOf(
        await composeMime({ ...MESSAGE, subject: typed, from: { name: typed, address: 'a@b.example' } }),
      )

      expect(decodedWords(head['subject']!)).toBe(typed)
      expect(decodedWords(head['from']!)).toBe(`${typed} <a@b.example>`)
      expect(head['from']).not.toContain('"')
    },
  )

  it.each(['multipart/mixed; boundary=x', 'Message/rfc822'])(
    'contains no parts of an attachment with the type %s',
    async (contentType) => {
      const content = Buffer.from('--x\r\nContent-Type: text/html\r\n\r\n<b>')
      const attachments = [{ name: 'mail.eml', contentType, isInline: false, content }]

      const mime = (await composeMime({ ...MESSAGE, attachments })).toString()

      expect(mime).toMatch(
        /Content-Type: application\/octet-stream;\s+name=mail\.eml\r\nContent-Transfer-Encoding: base64/,
      )
      expect(mime).not.toMatch(/message\/rfc822/i)
    },
  )

  it('loads no file and no URL named in its HTML', async () => {
    const mime = await composeMime({ ...MESSAGE, attachments: [], html: '<img src="file:///etc/passwd">' })

    expect(mime.toString()).not.toContain('root:')
  })

  it.each(['a@b', 'a.b+c@x.example', 'ä@ü.example'])('can be addressed to %s', (address) => {
    expect(isAddress(address)).toBe(true)
  })

  it.each(['', 'a', '@b', 'a@', 'a@b@c', 'a b@c', '"a"@b', 'a@[127.0.0.1]', 'a@b,c@d', 'a;b@c', 'a\0@b'])(
    "can't be addressed to %j",
    (address) => {
      expect(isAddress(address)).toBe(false)
    },
  )
})

/** Returns header fields with names in lower case and continuation lines joined. */
function headOf(mime: Buffer): Record<string, string> {
  const [head = ''] = mime.toString().split('\r\n\r\n', 1)
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
}

/** Decodes encoded words as a mail client does; spaces between two words are dropped (RFC 2047 §6.2). */
function decodedWords(value: string): string {
  return value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?B\?([^?]*)\?=/g, (_word, base64: string) => Buffer.from(base64, 'base64').toString())
}
