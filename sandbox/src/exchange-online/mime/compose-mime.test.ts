import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AttachmentContent, composeMime, type MessageContent, parseMime, readHeaderBlock } from './index.ts'

const CRLF_OR_WORSE = '\r\nBcc: everyone@evil.example\r\n\r\nother body'

describe('composing MIME', () => {
  it('writes what parsing reads back, for any message', () =>
    fc.assert(
      fc.asyncProperty(message(), fc.array(attachment(), { maxLength: 4 }), async (content, attachments) => {
        const parsed = await parseMime(await composeMime(content, attachments, { keepBcc: true }))

        expect(parsed.problem).toBeUndefined()
        expect(withoutLastBreak(parsed.content)).toEqual(withoutLastBreak(content))
        expect(parsed.attachments.map(asComparable).sort(byName)).toEqual(attachments.map(asComparable).sort(byName))
      }),
      { numRuns: 150 },
    ))

  it('keeps any value from adding a header field', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(HOSTILE)), async (place) => {
        const { fields } = readHeaderBlock(await composeMime({ ...plain(), ...HOSTILE[place] }, [], { keepBcc: true }))

        expect(fields.filter(({ name }) => name.toLowerCase() === 'bcc')).toEqual([])
      }),
    ))

  it('omits custom fields with an invalid name, and those composed from parts', async () => {
    const headers = [
      { name: 'X-Ticket', value: '4711' },
      { name: 'X-Bad Name', value: 'a' },
      { name: 'X-Bad\r\nBcc', value: 'b@evil.example' },
      { name: 'From', value: 'somebody@else.example' },
      { name: 'Content-Type', value: 'text/evil' },
    ]

    const { fields } = readHeaderBlock(await composeMime({ ...plain(), headers }, []))

    expect(fields.filter(({ name }) => /^x-/i.test(name))).toEqual([{ name: 'X-Ticket', value: '4711' }])
    expect(fields.filter(({ name }) => name === 'From')).toHaveLength(1)
    expect(fields.find(({ name }) => name === 'Content-Type')?.value).toMatch(/^text\/plain/)
  })

  it('includes Bcc in the stored copy but not on the wire', async () => {
    const content = { ...plain(), bcc: [{ name: 'Secret', address: 'secret@contoso.example' }] }

    expect(Buffer.from(await composeMime(content, [])).toString()).not.toContain('secret@')
    expect(Buffer.from(await composeMime(content, [], { keepBcc: true })).toString()).toContain('secret@')
  })

  it('writes the same bytes each time, so that they can be fetched in pieces', async () => {
    const file = { ...fc.sample(attachment(), 1)[0]!, name: 'a.bin' }

    expect(await composeMime(plain(), [file])).toEqual(await composeMime(plain(), [file]))
  })

  it('adds a text alternative to HTML, and inline images beside it', async () => {
    const content: MessageContent = {
      ...plain(),
      body: { contentType: 'html', content: '<p>Logo: <img src="cid:logo@contoso"></p>' },
    }
    const logo = { ...file('logo.png', 'image/png'), isInline: true, contentId: 'logo@contoso' }

    const mime = Buffer.from(await composeMime(content, [logo])).toString()

    expect(mime.match(/^Content-Type: [a-z/]+/gm)).toEqual([
      'Content-Type: multipart/alternative',
      'Content-Type: text/plain',
      'Content-Type: multipart/related',
      'Content-Type: text/html',
      'Content-Type: image/png',
    ])
  })

  it('writes Thread-Index and Thread-Topic as Outlook does', async () => {
    const index = new Uint8Array(27).fill(7)

    const mime = await composeMime({ ...plain(), subject: 'RE: AW: Invoice' }, [], { conversationIndex: index })

    expect(Buffer.from(mime).toString()).toContain('Thread-Topic: Invoice\r\n')
    expect((await parseMime(mime)).threadIndex).toEqual(index)
  })
})

const HOSTILE: Record<string, Partial<MessageContent>> = {
  subject: { subject: `Hello${CRLF_OR_WORSE}` },
  name: { from: { name: `Anna${CRLF_OR_WORSE}`, address: 'anna@contoso.example' } },
  address: { to: [{ name: 'Anna', address: `anna@contoso.example${CRLF_OR_WORSE}` }] },
  messageId: { internetMessageId: `<1@contoso.example>${CRLF_OR_WORSE}` },
  references: { references: [`<1@contoso.example>${CRLF_OR_WORSE}`] },
  inReplyTo: { inReplyTo: [`<1@contoso.example>${CRLF_OR_WORSE}`] },
  header: { headers: [{ name: 'X-Custom', value: `a${CRLF_OR_WORSE}` }] },
}

function plain(): MessageContent {
  return {
    subject: 'Hello',
    body: { contentType: 'text', content: 'Hello there' },
    from: { name: 'Anna Berg', address: 'anna@contoso.example' },
    sender: undefined,
    to: [{ name: 'Ben Ito', address: 'ben@contoso.example' }],
    cc: [],
    bcc: [],
    replyTo: [],
    internetMessageId: '<hello@contoso.example>',
    references: [],
    inReplyTo: [],
    sentAt: Date.UTC(2026, 0, 5, 9, 30),
    importance: 'normal',
    isDeliveryReceiptRequested: false,
    isReadReceiptRequested: false,
    headers: [],
  }
}

function file(name: string, contentType: string): AttachmentContent {
  const content = new Uint8Array([1, 2, 3])
  return { kind: 'file', name, contentType, isInline: false, contentId: undefined, content, sourceUrl: undefined }
}

/** A natural line: any script, no control characters, single spaces. */
function line(minLength = 0): fc.Arbitrary<string> {
  return fc
    .oneof(
      fc.string({ unit: 'grapheme', minLength, maxLength: 100 }),
      fc.string({ unit: 'grapheme-ascii', minLength, maxLength: 1200 }),
    )
    .map((text) => text.replace(/[\p{C}\s]+/gu, ' ').trim())
    .filter((text) => text.length >= minLength)
}

function address(): fc.Arbitrary<{ name: string; address: string }> {
  return fc.record({ name: line(1), address: fc.emailAddress({ size: 'small' }).map((each) => each.toLowerCase()) })
}

function message(): fc.Arbitrary<MessageContent> {
  const people = fc.array(address(), { maxLength: 3 })
  const messageId = fc.stringMatching(/^[a-z0-9.]{1,40}$/).map((id) => `<${id}@contoso.example>`)
  return fc.record<MessageContent>({
    subject: line(),
    body: fc.oneof(
      fc.record({
        contentType: fc.constant('text' as const),
        content: fc.array(line(), { maxLength: 8 }).map((lines) => lines.join('\n').trim()),
      }),
      fc.record({
        contentType: fc.constant('html' as const),
        content: line(1).map((text) => `<p>${text.replace(/[<&]/g, '')}</p>`),
      }),
    ),
    from: address(),
    sender: fc.constant(undefined),
    to: people,
    cc: people,
    bcc: people,
    replyTo: people,
    internetMessageId: messageId,
    references: fc.array(messageId, { maxLength: 20 }),
    inReplyTo: fc.array(messageId, { maxLength: 2 }),
    sentAt: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000),
    importance: fc.constantFrom('low', 'normal', 'high'),
    isDeliveryReceiptRequested: fc.boolean(),
    isReadReceiptRequested: fc.boolean(),
    headers: fc.constant([]),
  })
}

function attachment(): fc.Arbitrary<AttachmentContent> {
  return fc.record({
    kind: fc.constant('file' as const),
    name: line(1).map((name) => name.replace(/["\\/]/g, '_')),
    contentType: fc.constantFrom('application/pdf', 'text/plain', 'application/octet-stream', 'application/ms-tnef'),
    isInline: fc.constant(false),
    contentId: fc.constant(undefined),
    content: fc.uint8Array({ minLength: 1, maxLength: 500 }),
    sourceUrl: fc.constant(undefined),
  })
}

/** Removes the last line break. Every line of a part ends with one, so the original ending is lost. */
function withoutLastBreak(content: Pick<MessageContent, 'body'>) {
  return { ...content, headers: [], body: { ...content.body, content: content.body.content.trimEnd() } }
}

function asComparable({ content, ...rest }: AttachmentContent) {
  return { ...rest, content: Buffer.from(content).toString('hex') }
}

function byName(one: { name: string; content: string }, other: { name: string; content: string }): number {
  return `${one.name} ${one.content}`.localeCompare(`${other.name} ${other.content}`)
}
