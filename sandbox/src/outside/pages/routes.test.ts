import fastify from 'fastify'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { page } from '../../kernel/page.ts'
import { registerPages } from '../../kernel/site.ts'
import { createPerson, overInject } from '../../../test/browser.ts'
import { createMailWorld } from '../../../test/mail-world.ts'
import { registerOutsidePages } from '../index.ts'

const SITE = 'http://desk.test'
const HOSTILE = '<script>parent.hacked = 1</script><img src="https://tracker.example/x.png" onerror="alert(1)">'

describe('the external mail pages', () => {
  it("deliver a customer's letter to the mailbox", async () => {
    const { person, messagesOf } = await setUp()
    await person.open(`${SITE}/outside`)
    await person.follow('Write to a mailbox')

    await person.submit({ to: 'support@contoso.example', subject: 'My order', body: 'Where\nis it?' })

    expect(person.text).toContain('Sent. support@contoso.example: Inbox')
    expect(messagesOf('support@contoso.example')).toMatchObject([
      { subject: 'My order', from: { name: 'Kim Customer', address: 'customer@customer.example' } },
    ])
  })

  it('name the invalid field and keep the input', async () => {
    const { person, messagesOf } = await setUp()
    await person.open(`${SITE}/outside/write`)

    await person.submit({ to: 'nobody@contoso.example', subject: 'My order', body: 'Where is it?', format: 'html' })

    expect(person.status).toBe(422)
    expect(person.text).toContain('550 5.4.1 Recipient address rejected: Access denied.')
    expect(person.markup).toMatch(/id="to"[^>]*aria-describedby="to-hint to-fault"[^>]*aria-invalid="true"/)
    expect([person.valueOf('subject'), person.valueOf('body')]).toEqual(['My order', 'Where is it?'])
    expect(messagesOf('support@contoso.example')).toEqual([])
  })

  it('show received mail, and send a reply within its conversation', async () => {
    const { person, sendOut, messagesOf } = await setUp()
    await sendOut({
      fields: { 'Message-ID': '<2@contoso.example>', References: '<1@x>' },
      content: 'It is on its way.',
    })
    await person.open(`${SITE}/outside`)
    await person.follow('customer@customer.example')
    await person.follow('Re: your order')
    expect(person.text).toContain('It is on its way.')
    expect(person.text).toContain('Received: from')

    await person.follow('Reply')
    expect(person.valueOf('to')).toBe('support@contoso.example')
    expect(person.valueOf('body')).toContain('> It is on its way.')
    await person.submit({ body: 'Thanks' })

    expect(messagesOf('support@contoso.example')).toMatchObject([
      { subject: 'Re: your order', inReplyTo: ['<2@contoso.example>'], references: ['<1@x>', '<2@contoso.example>'] },
    ])
  })

  it('send a reply without threading, as some mail clients do', async () => {
    const { person, sendOut, outside, messagesOf } = await setUp()
    await sendOut({})
    const [message] = outside.mail.list({ limit: 1 })

    await person.open(`${SITE}/outside/write?reply=${message!.id}`)
    await person.submit({ withoutThreading: true })

    expect(messagesOf('support@contoso.example')).toMatchObject([{ inReplyTo: [], references: [] }])
  })

  it('reply to all other recipients, once each', async () => {
    const { person, sendOut, outside } = await setUp()
    await sendOut({
      fields: { To: 'Kim <customer@customer.example>, lee@x.example', Cc: 'LEE@x.example, Mo <mo@y.example>' },
    })
    const [message] = outside.mail.list({ limit: 1 })

    await person.open(`${SITE}/outside/write?reply=${message!.id}&all=true`)

    expect(person.valueOf('cc')).toBe('lee@x.example, mo@y.example')
  })

  it('isolate untrusted HTML in a frame without permissions', async () => {
    const { person, sendOut, outside } = await setUp()
    await sendOut({ fields: { 'Content-Type': 'text/html', Subject: HOSTILE }, content: HOSTILE })
    const [message] = outside.mail.list({ limit: 1 })

    await person.open(`${SITE}/outside/messages/${message!.id}`)
    expect(person.markup).not.toMatch(/<script>parent|<img/)
    expect(person.markup).toMatch(/<iframe[^>]* sandbox=""/)
    expect(person.headers.get('content-security-policy')).toMatch(/default-src 'none';.*; frame-src 'self'$/)

    await person.open(`${SITE}/outside/messages/${message!.id}/html`)
    expect(person.markup).toContain('parent.hacked')
    const policy = person.headers.get('content-security-policy') ?? ''
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", 'img-src data:', "form-action 'none'", 'sandbox']),
    )
    expect(policy).not.toContain('script-src')
    expect(policy).not.toContain('allow-')
  })

  it('show the source as text, whatever it contains', async () => {
    const { person, sendOut, outside } = await setUp()
    await sendOut({ content: HOSTILE })
    const [message] = outside.mail.list({ limit: 1 })

    await person.open(`${SITE}/outside/messages/${message!.id}/source`)

    expect(person.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(person.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('accept a message as a pasted source', async () => {
    const { person, messagesOf } = await setUp()
    await person.open(`${SITE}/outside`)
    await person.follow('Send an .eml file')

    await person.submit({ source: 'From: lee@x.example\nTo: ben@contoso.example\nSubject: pasted\n\nhello' })

    expect(person.text).toContain('ben@contoso.example: Inbox')
    expect(messagesOf('ben@contoso.example')).toMatchObject([{ subject: 'pasted' }])
  })

  it.each([
    [{ source: '' }, 'Choose a file or paste a message.'],
    [{ source: 'Subject: x\n\nx' }, 'Give a sender'],
    [{ source: 'Subject: x\n\nx', from: 'lee@x.example' }, 'Give a recipient'],
  ])('request the missing envelope of a raw message: %j', async (values, words) => {
    const { person } = await setUp()
    await person.open(`${SITE}/outside/raw`)

    await person.submit(values)

    expect(person.status).toBe(422)
    expect(person.text).toContain(words)
  })

  it('accept uploaded files, as attachments or as a whole message', async () => {
    const { upload, messagesOf, mailStore } = await setUp()
    const letter = { from: 'lee@x.example', to: 'ben@contoso.example', subject: 'files', body: 'here', format: 'text' }

    await upload('/outside/write', letter, [
      ['attachments', 'Rechnung ü.pdf', 'application/pdf', '%PDF'],
      ['attachments', 'b.txt', 'text/plain', 'b'],
    ])
    await upload('/outside/raw', {}, [
      ['file', 'mail.eml', 'message/rfc822', 'From: l@x.example\r\nTo: ben@contoso.example\r\nSubject: eml\r\n\r\nhi'],
    ])

    const messages = messagesOf('ben@contoso.example')
    const files = messages.find(({ subject }) => subject === 'files')!
    expect(mailStore.attachments(files.key)).toMatchObject([
      { name: 'Rechnung ü.pdf', contentType: 'application/pdf', sizeBytes: 4 },
      { name: 'b.txt' },
    ])
    expect(messages.map(({ subject }) => subject)).toContain('eml')
  })

  it('refuse an upload that did not come from their own form', async () => {
    const { upload, messagesOf } = await setUp()
    const letter = { from: 'lee@x.example', to: 'ben@contoso.example', subject: 'forged' }

    expect((await upload('/outside/write', { ...letter, canary: 'forged' }, [])).statusCode).toBe(403)
    expect(messagesOf('ben@contoso.example')).toEqual([])
  })

  it('refuse an upload above the size limit of a message', async () => {
    const { upload } = await setUp()
    const large = 'x'.repeat(30 * 1024 * 1024)

    const answer = await upload('/outside/write', {}, [
      ['attachments', 'a', 'text/plain', large],
      ['attachments', 'b', 'text/plain', large],
    ])

    expect(answer.statusCode).toBe(413)
  })

  it('respond to any upload without an internal error', async () => {
    const { site } = await setUp()
    const pieces = ['--x', '\r\n', '\r\n\r\n', '--', 'Content-Disposition: form-data; name="a"; filename="', '"', '\0']
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/outside/write', '/outside/raw'),
        fc.constantFrom('; boundary=x', '; boundary=', ''),
        fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary' })), { maxLength: 12 }),
        async (url, boundary, parts) => {
          const answer = await site.inject({
            method: 'POST',
            url,
            headers: { 'content-type': `multipart/form-data${boundary}` },
            payload: parts.join(''),
          })
          expect(answer.statusCode).toBeLessThan(500)
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each(['messages/x', 'messages/x/html', 'messages/x/source', 'write?reply=x'])(
    'return 404 for %s',
    async (path) => {
      const { site } = await setUp()

      expect((await site.inject(`/outside/${path}`)).statusCode).toBe(404)
    },
  )
})

async function setUp() {
  const world = createMailWorld()
  const site = fastify()
  registerPages(site, { name: 'test', title: 'Test' })
  void site.register(async (scope) => {
    registerOutsidePages(scope, {
      outside: world.outside,
      mailboxes: () => ['support@contoso.example'],
      address: SITE,
      layout: (content) => page({ ...content, site: 'Test' }),
    })
  })
  site.setErrorHandler((error: Error & { status?: number; statusCode?: number }, _request, reply) =>
    reply.code(error.status ?? error.statusCode ?? 500).send(error.message),
  )
  await site.ready()
  const person = createPerson(overInject({ [SITE]: site }))

  async function upload(url: string, fields: Record<string, string>, files: [string, string, string, string][]) {
    const opened = await site.inject(url)
    const form = new FormData()
    const canary = /name="canary" value="([^"]+)"/.exec(opened.body)?.[1] ?? ''
    for (const [name, value] of Object.entries({ canary, ...fields })) form.append(name, value)
    for (const [name, filename, type, content] of files) form.append(name, new Blob([content], { type }), filename)
    const request = new Request(`${SITE}${url}`, { method: 'POST', body: form })
    return site.inject({
      method: 'POST',
      url,
      headers: {
        'content-type': request.headers.get('content-type')!,
        cookie: opened.cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
      },
      payload: Buffer.from(await request.arrayBuffer()),
    })
  }
  return { ...world, site, person, upload }
}
