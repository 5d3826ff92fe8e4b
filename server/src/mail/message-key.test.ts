import { describe, expect, it } from 'vitest'
import { createMessageKey } from './message-key.ts'

const MESSAGE = {
  messageId: 'a@customer.example',
  from: { name: 'Kim', address: 'kim@customer.example' },
  to: [{ name: '', address: 'support@contoso.example' }],
  sentAt: new Date('2026-11-02T09:00:00.000Z'),
  receivedAt: new Date('2026-11-02T09:00:05Z'),
  subject: 'Order',
  body: { type: 'html' as const, content: '<p>Where is\r\n my order?</p>' },
}

const key = (changes: Partial<Parameters<typeof createMessageKey>[0]>) =>
  createMessageKey({ ...MESSAGE, ...changes }).toString('hex')

describe('the message key', () => {
  it.each([
    ['moved, so that it was received anew', { receivedAt: new Date('2026-11-03T00:00:00Z') }],
    ['wrapped otherwise', { body: { type: 'html' as const, content: '<div>Where is my<br> order?</div>' } }],
    ['given as text', { body: { type: 'text' as const, content: 'Where is my\norder?\n' } }],
    ['read where times have parts of seconds', { sentAt: new Date('2026-11-02T09:00:00.740Z') }],
    ['read where addresses are in capitals', { from: { name: 'KIM', address: 'Kim@Customer.example' } }],
    ['marked by a mail program', { subject: '[EXT] Order' }],
  ])('is the same for a message that was %s', (_how, changes) => {
    expect(key(changes)).toBe(key({}))
  })

  it.each([
    ['another Message-ID', { messageId: 'b@customer.example' }],
    [
      'the same Message-ID and another text, as an attacker or a broken program sends it',
      { body: { type: 'text' as const, content: 'Pay here' } },
    ],
    ['another author', { from: { name: 'Kim', address: 'kim@other.example' } }],
    ['another date', { sentAt: new Date('2026-11-02T09:00:01Z') }],
  ])('differs for %s', (_what, changes) => {
    expect(key(changes)).not.toBe(key({}))
  })

  it('distinguishes messages without Message-ID of the same second by their text, and is stable', () => {
    const bare = { messageId: undefined }

    expect(key(bare)).toBe(key(bare))
    expect(key({ ...bare, body: { type: 'text', content: 'Another' } })).not.toBe(key(bare))
    expect(key({ ...bare, subject: 'Another' })).not.toBe(key(bare))
    expect(key({ ...bare, receivedAt: new Date('2026-11-02T09:00:06Z') })).not.toBe(key(bare))
    expect(key(bare)).not.toBe(key({}))
  })

  it('distinguishes messages without Message-ID by their source when only an attachment differs, regardless of trace fields', () => {
    const scan = (file: string, by = 'mx1', lineEnd = '\r\n') => ({
      messageId: undefined,
      source: Buffer.from([`Received: by ${by}`, 'Subject: Scan', '', 'See the file', file, ''].join(lineEnd)),
    })

    expect(key(scan('page 1'))).not.toBe(key(scan('page 2')))
    expect(key(scan('page 1'))).toBe(key(scan('page 1', 'mx2')))
    expect(key(scan('page 1', 'mx1', '\n'))).not.toBe(key(scan('page 2', 'mx1', '\n')))
  })
})
