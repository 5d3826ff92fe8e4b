import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toChangedMessage, toMessage } from './message-json.ts'
import { wireMessage } from '../../../test/transports/graph/strict-graph.ts'

const property = (id: string, value: string) => ({ singleValueExtendedProperties: [{ id, value }] })
const header = (name: string, value: string) => ({ name, value })

describe('a Graph message', () => {
  it('is converted to our fields', () => {
    expect(toMessage(wireMessage('m', { isRead: true, flag: { flagStatus: 'flagged' }, conversationId: 'c' }))).toEqual(
      {
        partial: false,
        remoteId: 'm',
        folderRemoteId: 'folder',
        messageId: 'm@customer.example',
        inReplyTo: [],
        references: [],
        remoteConversationId: 'c',
        subject: 'Subject m',
        from: { name: 'Kim', address: 'kim@customer.example' },
        // Exchange repeats the address if it has no name.
        sender: { name: '', address: 'kim@customer.example' },
        to: [{ name: 'Support', address: 'support@contoso.example' }],
        cc: [],
        bcc: [],
        replyTo: [],
        sentAt: new Date('2026-11-24T08:59:58Z'),
        receivedAt: new Date('2026-11-24T09:00:00Z'),
        flags: ['seen', 'flagged'],
        preview: 'Hello',
        body: { type: 'html', content: '<p>Hello</p>' },
        hasAttachments: false,
        hasFiles: false,
        headers: [],
      },
    )
  })

  it('has the ids it answers from its headers', () => {
    const internetMessageHeaders = [
      header('In-Reply-To', '<b@x>'),
      header('REFERENCES', '<a@x>\r\n <b@x>'),
      header('Received', 'from somewhere'),
      header('Auto-Submitted', 'auto-replied'),
    ]

    expect(toMessage(wireMessage('m', { internetMessageHeaders }))).toMatchObject({
      inReplyTo: ['b@x'],
      references: ['a@x', 'b@x'],
      headers: [{ name: 'Auto-Submitted', value: 'auto-replied' }],
    })
  })

  it('confirms its sender only if the header has exactly one From field', () => {
    const checked = header(
      'Authentication-Results',
      'spf=pass smtp.mailfrom=x; dmarc=pass header.from=customer.example',
    )
    const marksOf = (...fields: string[]) =>
      toMessage(
        wireMessage('m', { internetMessageHeaders: [checked, ...fields.map((value) => header('From', value))] }),
      )?.marks
    expect(marksOf()?.authentication?.verdict).toBe('pass')
    expect(marksOf('Kim <kim@customer.example>')?.authentication?.verdict).toBe('pass')
    const two = 'Kim <kim@customer.example>, ceo@contoso.example'
    expect(marksOf(two)).toMatchObject({
      authentication: { verdict: 'none' },
      senders: [{ address: 'kim@customer.example' }, { address: 'ceo@contoso.example' }],
    })
    expect(marksOf('kim@customer.example', 'ceo@contoso.example')?.authentication?.verdict).toBe('none')
    expect(marksOf('kim@customer.example', '')?.authentication?.verdict).toBe('none')
  })

  it.each(['String 0x1039', 'String 0x01039', 'string 0x1039'])(
    'has the ids from MAPI properties without headers, as in Sent Items: %s',
    (id) => {
      expect(toMessage(wireMessage('m', property(id, '<a@x> <b@x>')))).toMatchObject({ references: ['a@x', 'b@x'] })
    },
  )

  it.each([
    ['102', ['answered']],
    ['103', ['answered']],
    ['104', []],
  ])('is recognized as answered: %s', (verb, flags) => {
    expect(toMessage(wireMessage('m', property('Integer 0x1081', verb)))).toMatchObject({ flags })
  })

  it('has attachments even if the only one is an image in the text', () => {
    const body = { contentType: 'html', content: '<p>Hi <IMG alt="x" SRC=\'cid:logo\'></p>' }

    expect(toMessage(wireMessage('m', { body }))).toMatchObject({ hasAttachments: true, hasFiles: false })
  })

  it('may have no subject, author or times', () => {
    const bare = { subject: null, from: null, sender: null, sentDateTime: '0001-01-01T00:00:00Z', bodyPreview: null }

    expect(toMessage(wireMessage('m', bare))).toMatchObject({
      subject: '',
      from: undefined,
      sentAt: undefined,
      preview: '',
    })
  })

  it('is parsed or rejected, for any JSON from Graph', () => {
    const names = Object.keys(wireMessage('m'))
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.anything()), (changes) => {
        const wire = { ...wireMessage('m'), ...changes }
        const message = toMessage(wire)
        if (message === undefined) return
        expect(typeof message.subject).toBe('string')
        expect(typeof message.body.content).toBe('string')
        expect(Number.isNaN(message.receivedAt.getTime())).toBe(false)
        expect(message.to.every(({ name, address }) => typeof name === 'string' && typeof address === 'string')).toBe(
          true,
        )
        expect(() => toChangedMessage(wire, 'folder')).not.toThrow()
      }),
      { numRuns: 500 },
    )
  })
})
