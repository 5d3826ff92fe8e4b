import fastify from 'fastify'
import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import { createMailWorld } from '../../test/mail-world.ts'
import { registerOutsideApi } from './index.ts'

const LETTER = {
  from: 'Kim Customer <customer@customer.example>',
  to: 'support@contoso.example',
  subject: 'Grüße, my order',
  text: 'Where is it?',
}

describe('writing external mail', () => {
  it('delivers the letter before it responds', async () => {
    const { post, messagesOf } = setUp()

    const answer = await post(LETTER)

    expect(answer.statusCode).toBe(201)
    const [message] = messagesOf('support@contoso.example')
    expect(message).toMatchObject({
      subject: 'Grüße, my order',
      from: { name: 'Kim Customer', address: 'customer@customer.example' },
      internetMessageId: answer.json<{ messageId: string }>().messageId,
      body: { contentType: 'text', content: expect.stringContaining('Where is it?') as string },
    })
    expect(answer.json()).toMatchObject({ arrivals: [{ recipient: 'support@contoso.example', folder: 'inbox' }] })
  })

  it('supports HTML, attachments, headers, names in lists and copies for external recipients', async () => {
    const { post, messagesOf, get } = setUp()

    const answer = await post({
      ...LETTER,
      to: [{ name: 'Support', address: 'support@contoso.example' }, 'Ben <ben@contoso.example>'],
      cc: 'Lee <lee@elsewhere.example>',
      html: '<p>Where <b>is</b> it?</p>',
      attachments: [{ name: 'Bestellung ä.txt', contentType: 'text/plain', contentBytes: 'aGk=' }],
      headers: { 'X-Priority': '1', 'Auto-Submitted': 'no' },
    })

    expect(answer.statusCode).toBe(201)
    const [message] = messagesOf('ben@contoso.example')
    expect(message).toMatchObject({
      importance: 'high',
      hasAttachments: true,
      cc: [{ address: 'lee@elsewhere.example' }],
    })
    expect(message?.body.contentType).toBe('html')
    const { messages } = (await get('/api/outside/messages?to=LEE@elsewhere.example')).json<Listing>()
    const copy = (await get(`/api/outside/messages/${messages[0]!.id}`)).json<Reading>()
    expect(copy).toMatchObject({ text: LETTER.text, html: expect.stringContaining('<b>is</b>') as string })
    expect(copy.attachments).toMatchObject([{ name: 'Bestellung ä.txt', contentType: 'text/plain', sizeBytes: 2 }])
    expect((await get(copy.attachments[0]!.path)).body).toBe('hi')
  })

  it.each([
    ['nothing', undefined, undefined],
    ['a list', [], undefined],
    ['no sender', { ...LETTER, from: undefined }, 'from'],
    ['two senders', { ...LETTER, from: 'a@x.example, b@x.example' }, 'from'],
    ['a bad address', { ...LETTER, to: ['support@contoso.example', 'nobody'] }, 'to'],
    ['a number as an address', { ...LETTER, cc: 7 }, 'cc'],
    ['a name of two lines', { ...LETTER, from: { name: 'Kim\r\nBcc: a@b.example', address: 'k@x.example' } }, 'from'],
    ['a subject of two lines', { ...LETTER, subject: 'a\r\nBcc: spy@evil.example' }, 'subject'],
    ['text that is none', { ...LETTER, text: 5 }, 'text'],
    ['a header of two lines', { ...LETTER, headers: { 'X-A': 'a\nBcc: spy@evil.example' } }, 'headers.X-A'],
    ['a header name with a colon', { ...LETTER, headers: { 'X:': 'a' } }, 'headers.X:'],
    ['a header that is a field', { ...LETTER, headers: { Bcc: 'spy@evil.example' } }, 'headers.Bcc'],
    ['an attachment that is no base64', attached({ name: 'a', contentBytes: '!' }), 'attachments[0].contentBytes'],
    ['an attachment of a path', attached({ name: 'a', path: '/etc/passwd' }), 'attachments[0].contentBytes'],
    ['a strange type', attached({ name: 'a', contentType: 'x', contentBytes: '' }), 'attachments[0].contentType'],
    ['an answer to nothing', { ...LETTER, inReplyTo: 'unknown' }, 'inReplyTo'],
  ])('names the invalid field: %s', async (_what, body, field) => {
    const { post, messagesOf } = setUp()

    const answer = await post(body)

    expect(answer.statusCode).toBe(400)
    expect(answer.json<{ error: { field?: string } }>().error.field).toBe(field)
    expect(messagesOf('support@contoso.example')).toEqual([])
  })

  it.each([
    ['an unknown mailbox', 'nobody@contoso.example', '550 5.4.1 Recipient address rejected: Access denied.'],
    ['a domain without mailboxes', 'x@bounce.example', 'has no such address'],
  ])("returns the server's reply: %s", async (_what, to, words) => {
    const { post } = setUp()

    const answer = await post({ ...LETTER, to })

    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({ error: { field: 'to', message: expect.stringContaining(words) as string } })
  })

  it('responds to any input without an internal error', async () => {
    const { post } = setUp()
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            from: fc.oneof(fc.constant(LETTER.from), fc.anything()),
            to: fc.oneof(fc.constant(LETTER.to), fc.anything()),
            cc: fc.anything(),
            subject: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
            text: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
            html: fc.oneof(fc.string(), fc.anything()),
            headers: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.anything()),
            attachments: fc.oneof(
              fc.array(fc.record({ name: fc.string(), contentBytes: fc.base64String() })),
              fc.anything(),
            ),
            inReplyTo: fc.oneof(fc.constant('<a@b>'), fc.anything()),
          },
          { requiredKeys: [] },
        ),
        async (body) => {
          expect((await post(toJson(body))).statusCode).toBeLessThan(500)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a raw external message', () => {
  it('is sent unchanged, with the envelope from its header', async () => {
    const { raw, messagesOf } = setUp()

    const answer = await raw('From: a@x.example\nTo: support@contoso.example\nSubject: =?x?Z?broken\n\nhello')

    expect(answer.statusCode).toBe(201)
    expect(messagesOf('support@contoso.example')).toMatchObject([{ from: { address: 'a@x.example' } }])
  })

  it('is sent to the given envelope, and can have an empty sender', async () => {
    const { raw, messagesOf, mimeOf } = setUp()

    await raw('Subject: Undeliverable\r\n\r\nhello', '?from=<>&to=ben@contoso.example')

    expect(await mimeOf(messagesOf('ben@contoso.example')[0])).toContain('Return-Path: <>')
  })

  it.each([
    ['?to=ben@contoso.example', 'from'],
    ['?from=a@x.example', 'to'],
    ['?from=a@x.example&to=nobody', 'to'],
    ['?from=a@x.example&to=ben@contoso.example&to=ada@contoso.example', 'to'],
  ])('is refused with the missing or invalid value of %s', async (query, field) => {
    const { raw } = setUp()

    const answer = await raw('Subject: x\r\n\r\nx', query)

    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ error: { field } })
  })

  it('can contain any bytes', async () => {
    const { raw, get } = setUp()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const answer = await raw(Buffer.from(bytes), '?from=a@x.example&to=ben@contoso.example,b@y.example')
        expect(answer.statusCode).toBe(201)
        const id = answer.json<{ outside: { id: string }[] }>().outside[0]!.id
        expect((await get(`/api/outside/messages/${id}`)).statusCode).toBe(200)
        expect((await get(`/api/outside/messages/${id}/raw`)).rawPayload.equals(Buffer.from(bytes))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

describe('reading external mail', () => {
  it('returns the original header, and the whole source', async () => {
    const { sendOut, get } = setUp()
    await sendOut({ fields: { Subject: 'Re: your order' } })

    const { messages } = (await get('/api/outside/messages?to=customer@customer.example')).json<Listing>()
    const reading = (await get(`/api/outside/messages/${messages[0]!.id}`)).json<Reading>()
    const source = await get(`/api/outside/messages/${messages[0]!.id}/raw`)

    expect(messages).toMatchObject([{ subject: 'Re: your order', envelopeFrom: 'support@contoso.example' }])
    expect(reading.headers[0]).toMatchObject({ name: 'Received' })
    expect(source.headers).toMatchObject({
      'content-type': 'message/rfc822',
      'content-disposition': expect.stringMatching(/^attachment/) as string,
    })
    expect((await simpleParser(source.rawPayload)).subject).toBe('Re: your order')
  })

  it('builds the references of a reply from the answered message', async () => {
    const { sendOut, get, post, messagesOf } = setUp()
    await sendOut({ fields: { 'Message-ID': '<2@contoso.example>', References: '<0@x> <1@x>' } })
    const { messages } = (await get('/api/outside/messages')).json<Listing>()

    await post({ ...LETTER, inReplyTo: messages[0]!.id })
    await post({ ...LETTER, inReplyTo: '<unknown@contoso.example>' })

    expect(messagesOf('support@contoso.example')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          inReplyTo: ['<2@contoso.example>'],
          references: ['<0@x>', '<1@x>', '<2@contoso.example>'],
        }),
        expect.objectContaining({
          inReplyTo: ['<unknown@contoso.example>'],
          references: ['<unknown@contoso.example>'],
        }),
      ]),
    )
  })

  it('waits for the next message, without missing or repeating one', async () => {
    const { sendOut, get, somebodyWaits } = setUp()
    const { next } = (await get('/api/outside/messages')).json<Listing>()

    const waiting = get(`/api/outside/messages?after=${next}&waitMs=20000&to=customer@customer.example`)
    await somebodyWaits
    await sendOut({ fields: { Subject: 'for another' }, to: 'lee@elsewhere.example' })
    await sendOut({ fields: { Subject: 'first' } })
    const first = (await waiting).json<Listing>()
    await sendOut({ fields: { Subject: 'second' } })
    const second = (await get(`/api/outside/messages?after=${first.next}&waitMs=20000`)).json<Listing>()

    expect(first.messages.map(({ subject }) => subject)).toEqual(['first'])
    expect(second.messages.map(({ subject }) => subject)).toEqual(['second'])
  })

  it('lists the newest without a start position, and pages on from one', async () => {
    const { sendOut, get } = setUp()
    for (const subject of ['1', '2', '3']) await sendOut({ fields: { Subject: subject } })
    const subjects = async (query: string) =>
      (await get(`/api/outside/messages?${query}`)).json<Listing>().messages.map(({ subject }) => subject)

    expect(await subjects('limit=2')).toEqual(['2', '3'])
    expect(await subjects('limit=2&after=0')).toEqual(['1', '2'])
    expect(await subjects('limit=2&after=2')).toEqual(['3'])
  })

  it('releases waiting clients when the site closes', async () => {
    const { site, get, somebodyWaits } = setUp()
    const waiting = get('/api/outside/messages?after=0&waitMs=60000')
    await somebodyWaits

    await site.close()

    expect((await waiting).json()).toEqual({ messages: [], next: 0 })
  })

  it('stops waiting at the timeout', async () => {
    const { get } = setUp()

    expect((await get('/api/outside/messages?after=0&waitMs=20')).json()).toEqual({ messages: [], next: 0 })
  })

  it.each(['after=-1', 'after=x', 'limit=201', 'waitMs=60001', 'after=1&after=2'])('refuses %s', async (query) => {
    const { get } = setUp()

    expect((await get(`/api/outside/messages?${query}`)).statusCode).toBe(400)
  })

  it('returns 404 for an unknown id', async () => {
    const { get } = setUp()

    for (const path of ['x', 'x/raw', 'x/attachments/0']) {
      expect((await get(`/api/outside/messages/${path}`)).statusCode).toBe(404)
    }
  })

  it('lists the people whose mail it sent or received', async () => {
    const { sendOut, get, post } = setUp()
    await sendOut({ fields: { Subject: 'hi' }, to: 'Lee@Elsewhere.example' })
    await post({ ...LETTER, from: 'Lee Lo <lee@elsewhere.example>' })

    expect((await get('/api/outside/people')).json()).toEqual({
      people: [
        { address: 'customer@customer.example', name: 'Kim Customer', messages: 0 },
        { address: 'lee@elsewhere.example', name: 'Lee Lo', messages: 1 },
      ],
    })
  })
})

interface Listing {
  messages: { id: string; subject: string; sequence: number }[]
  next: number
}

interface Reading {
  headers: { name: string; value: string }[]
  attachments: { path: string }[]
}

function attached(attachment: unknown) {
  return { ...LETTER, attachments: [attachment] }
}

function toJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value ?? null))
  } catch {
    return null
  }
}

function setUp() {
  const world = createMailWorld()
  const { mail } = world.outside
  const { nextArrival } = mail
  const waits = Promise.withResolvers<undefined>()
  mail.nextArrival = (...args) => {
    waits.resolve(undefined)
    return nextArrival(...args)
  }
  const site = fastify()
  registerOutsideApi(site, world.outside)
  return {
    ...world,
    site,
    somebodyWaits: waits.promise,
    get: (url: string) => site.inject({ url }),
    post: (payload: unknown) =>
      site.inject({
        method: 'POST',
        url: '/api/outside/messages',
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify(payload ?? null),
      }),
    raw: (payload: string | Buffer, query = '') =>
      site.inject({
        method: 'POST',
        url: `/api/outside/raw${query}`,
        headers: { 'content-type': 'message/rfc822' },
        payload,
      }),
  }
}
