import { describe, expect, it } from 'vitest'
import { ANNA, createGraphWorld, GRAPH_AT, mail } from './graph-test-world.ts'

const KIM = { emailAddress: { name: 'Kim', address: 'kim@customer.example' } }

describe('creating a draft', () => {
  it('returns 201 with the draft in Drafts and its address', async () => {
    const { post, mailStore, get } = createGraphWorld()
    const { statusCode, body, headers } = await post('/me/messages', {
      subject: 'Hello',
      body: { contentType: 'HTML', content: '<p>Hi</p>' },
      toRecipients: [KIM],
      importance: 'High',
      flag: { flagStatus: 'flagged' },
      categories: ['Red'],
      internetMessageHeaders: [{ name: 'x-ticket', value: '7' }],
    })
    expect(statusCode).toBe(201)
    expect(headers['location']).toBe(`${GRAPH_AT}/v1.0/me/messages/${encodeURIComponent(body.id)}`)
    expect(body).toMatchObject({
      subject: 'Hello',
      isDraft: true,
      isRead: true,
      importance: 'high',
      categories: ['Red'],
      flag: { flagStatus: 'flagged' },
      toRecipients: [KIM],
      parentFolderId: mailStore.wellKnownFolder(ANNA, 'drafts').id,
    })
    expect(body['internetMessageId']).toMatch(/^<.+@.+>$/)
    const { body: again } = await get(`/me/messages/${body.id}?$select=internetMessageHeaders`)
    expect(again['internetMessageHeaders']).toEqual([{ name: 'x-ticket', value: '7' }])
  })

  it('accepts MIME as base64 in text/plain', async () => {
    const { post, get } = createGraphWorld()
    const mime = 'To: kim@customer.example\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nX-Mine: 1\r\n\r\nHi'
    const { statusCode, body } = await post('/me/messages', Buffer.from(mime).toString('base64'), {
      headers: { 'content-type': 'text/plain' },
    })
    expect(statusCode).toBe(201)
    expect(body).toMatchObject({ subject: 'Grüße', isDraft: true })
    expect((await get(`/me/messages/${body.id}/$value`)).text).toBe(mime)
    const broken = await post('/me/messages', 'QQ%', { headers: { 'content-type': 'text/plain' } })
    expect(broken.body.error.code).toBe('ErrorMimeContentInvalidBase64String')
  })

  it.each([
    [[{ name: 'Subject', value: 'x' }], 'InvalidInternetMessageHeader'],
    [[{ name: 'x-bad header', value: 'x' }], 'InvalidInternetMessageHeader'],
    [Array.from({ length: 6 }, (_, i) => ({ name: `x-${i}`, value: '' })), 'InvalidInternetMessageHeaderCollection'],
  ])('refuses the headers %j', async (internetMessageHeaders, code) => {
    const { statusCode, body } = await createGraphWorld().post('/me/messages', { internetMessageHeaders })
    expect([statusCode, body.error.code]).toEqual([400, code])
  })

  it('is changed by PATCH, except for its headers', async () => {
    const { post, ask } = createGraphWorld()
    const { body: draft } = await post('/me/messages', { subject: 'Hello' })
    const patch = (body: unknown) => ask('PATCH', `/me/messages/${draft.id}`, { body })
    const { statusCode, body } = await patch({ subject: 'Good day', toRecipients: [KIM], body: { content: 'Hi' } })
    expect(statusCode).toBe(200)
    expect(body).toMatchObject({ id: draft.id, subject: 'Good day', toRecipients: [KIM] })
    expect(body['changeKey']).not.toBe(draft['changeKey'])
    expect((await patch({ internetMessageHeaders: [] })).statusCode).toBe(400)
  })

  it('imports mail that is not a draft by message flags and delivery time', async () => {
    const { post } = createGraphWorld()
    const { body } = await post('/me/mailFolders/archive/messages', {
      subject: 'From long ago',
      from: KIM,
      singleValueExtendedProperties: [
        { id: 'Integer 0x0E07', value: '1' },
        { id: 'SystemTime 0x0E06', value: '2020-01-02T03:04:05Z' },
      ],
    })
    expect(body).toMatchObject({ isDraft: false, isRead: true, receivedDateTime: '2020-01-02T03:04:05Z', from: KIM })
    const other = await post('/me/messages', { singleValueExtendedProperties: [{ id: 'String 0x1000', value: 'x' }] })
    expect(other.statusCode).toBe(501)
  })
})

describe('a reply', () => {
  it('joins the conversation, addresses the sender and quotes the original', async () => {
    const { receive, post, mailStore, get } = createGraphWorld()
    const original = receive('invoice', { references: ['<first@customer.example>'] })
    const { statusCode, body } = await post(`/me/messages/${original.restId}/createReply`, { comment: 'Paid <today>' })
    expect(statusCode).toBe(201)
    expect(body).toMatchObject({
      subject: 'RE: invoice',
      isDraft: true,
      conversationId: original.conversationId,
      toRecipients: [{ emailAddress: { address: 'kim@customer.example' } }],
      ccRecipients: [],
    })
    const { content } = body['body'] as { content: string }
    expect(content).toMatch(/Paid &lt;today&gt;.*From:<\/b> Kim Customer &lt;kim@customer\.example&gt;.*About invoice/s)
    const before = Buffer.from(original.conversationIndex).length
    expect(Buffer.from(body['conversationIndex'] as string, 'base64')).toHaveLength(before + 5)
    const mime = (await get(`/me/messages/${body.id}/$value`)).text
    expect(mime).toMatch(/^In-Reply-To: <invoice@customer\.example>\r$/m)
    expect(mime.replace(/\r\n\s/g, ' ')).toMatch(
      /^References: <first@customer\.example> <invoice@customer\.example>\r$/m,
    )
    expect(mailStore.message(ANNA, body.id)?.folderId).toBe(mailStore.wellKnownFolder(ANNA, 'drafts').id)
  })

  it('to all omits the sending user, and prefers Reply-To to From', async () => {
    const { receive, post } = createGraphWorld()
    const address = (name: string) => ({ name, address: `${name}@x.example` })
    const { restId } = receive('Re: plan', {
      replyTo: [address('list')],
      to: [{ name: 'Anna', address: 'ANNA@contoso.example' }, address('zoe')],
      cc: [address('max'), address('zoe')],
    })
    const { body } = await post(`/me/messages/${restId}/createReplyAll`)
    const addresses = (name: string) => (body[name] as (typeof KIM)[]).map(({ emailAddress }) => emailAddress.address)
    expect(body['subject']).toBe('Re: plan')
    expect([addresses('toRecipients'), addresses('ccRecipients')]).toEqual([
      ['list@x.example', 'zoe@x.example'],
      ['max@x.example'],
    ])
  })

  it('accepts a message, but not together with a comment', async () => {
    const { receive, post } = createGraphWorld()
    const { restId } = receive('invoice')
    const message = { body: { contentType: 'text', content: 'All mine' }, ccRecipients: [KIM] }
    const { body } = await post(`/me/messages/${restId}/createReply`, { message })
    expect((body['body'] as { content: string }).content).not.toContain('From:')
    expect(body['ccRecipients']).toEqual([KIM])
    expect((await post(`/me/messages/${restId}/createReply`, { message, comment: 'x' })).statusCode).toBe(400)
  })

  it('can be sent in one request', async () => {
    const { receive, post, transport, person } = createGraphWorld()
    const { restId } = receive('invoice')
    const as = person(ANNA, 'Mail.Send')
    expect((await post(`/me/messages/${restId}/reply`, { comment: 'Paid' }, { as })).statusCode).toBe(202)
    expect(transport.submissions[0]!.envelope.to).toEqual(['kim@customer.example'])
  })
})

describe('message attachments', () => {
  const file = {
    '@odata.type': '#microsoft.graph.fileAttachment',
    name: 'a.txt',
    contentType: 'text/plain',
    contentBytes: Buffer.from('attached').toString('base64'),
  }

  it('are added with a draft or later, and are listed, read and removed', async () => {
    const { post, get, ask } = createGraphWorld()
    const { body: draft } = await post('/me/messages', { subject: 'x', attachments: [file] })
    const url = `/me/messages/${draft.id}/attachments`
    const inline = { ...file, name: 'i.png', contentType: 'image/png', isInline: true, contentId: 'i1' }
    const added = await post(url, inline)
    expect(added.statusCode).toBe(201)
    expect(draft['hasAttachments']).toBe(true)

    const { body } = await get(url)
    expect(Object.keys(body.value[0]!)).toEqual([
      '@odata.type',
      '@odata.mediaContentType',
      'id',
      'lastModifiedDateTime',
      'name',
      'contentType',
      'size',
      'isInline',
      'contentId',
      'contentLocation',
      'contentBytes',
    ])
    expect(body.value).toMatchObject([
      { name: 'a.txt', size: 8, contentId: null },
      { name: 'i.png', contentId: 'i1' },
    ])
    const value = await get(`${url}/${body.value[0]!.id}/$value`)
    expect([value.text, value.headers['content-type']]).toEqual(['attached', expect.stringMatching(/^text\/plain/)])
    const expanded = await get(`/me/messages/${draft.id}?$expand=attachments($select=id,name)`)
    expect(Object.keys((expanded.body['attachments'] as object[])[0]!)).not.toContain('contentBytes')

    expect((await ask('DELETE', `${url}/${body.value[0]!.id}`)).statusCode).toBe(204)
    expect((await get(`/me/messages/${draft.id}`)).body['hasAttachments']).toBe(false)
    expect((await get(`${url}/${body.value[0]!.id}`)).statusCode).toBe(404)
  })

  it('with 3 MB or more need an upload session', async () => {
    const { post } = createGraphWorld()
    const { body: draft } = await post('/me/messages', {})
    const add = (bytes: number) =>
      post(`/me/messages/${draft.id}/attachments`, { ...file, contentBytes: Buffer.alloc(bytes).toString('base64') })
    const limit = 3 * 1024 * 1024
    expect((await add(limit - 1)).statusCode).toBe(201)
    expect((await add(limit)).statusCode).toBe(413)
  })

  it('with a message inside open as a message', async () => {
    const { receive, mailStore, get } = createGraphWorld()
    const { key, restId } = receive('fwd')
    const content = new TextEncoder().encode('From: zoe@x.example\r\nSubject: Within\r\n\r\nInner')
    const item = { kind: 'item', name: 'Within', contentType: 'message/rfc822', content } as const
    const { id } = mailStore.addAttachment(key, {
      ...item,
      isInline: false,
      contentId: undefined,
      sourceUrl: undefined,
    })
    const url = `/me/messages/${restId}/attachments/${id}`
    expect((await get(url)).body).toMatchObject({ '@odata.type': '#microsoft.graph.itemAttachment', contentType: null })
    const { body } = await get(`${url}?$expand=microsoft.graph.itemAttachment/item`)
    expect(body['item']).toMatchObject({
      '@odata.type': '#microsoft.graph.message',
      subject: 'Within',
      from: { emailAddress: { address: 'zoe@x.example' } },
    })
    expect((await get(`${url}/$value`)).text).toContain('Subject: Within')
  })

  it('with a link have no content', async () => {
    const { post, get } = createGraphWorld()
    const { body: draft } = await post('/me/messages', {})
    const link = { '@odata.type': '#microsoft.graph.referenceAttachment', name: 'Plan', sourceUrl: 'https://x.example' }
    const { body } = await post(`/me/messages/${draft.id}/attachments`, link)
    expect(body['@odata.type']).toBe('#microsoft.graph.referenceAttachment')
    expect((await get(`/me/messages/${draft.id}/attachments/${body.id}/$value`)).statusCode).toBe(405)
  })

  it.each([{ ...file, contentBytes: '!' }, { name: 'a.txt' }, { ...file, colour: 'red' }, [], 'x'])(
    'are refused as %j',
    async (attachment) => {
      const { post } = createGraphWorld()
      const { body: draft } = await post('/me/messages', {})
      const answer = await post(`/me/messages/${draft.id}/attachments`, attachment)
      expect(answer.statusCode).toBeGreaterThanOrEqual(400)
      expect(answer.statusCode).toBeLessThan(500)
    },
  )
})

it('a draft is found only in its own mailbox', async () => {
  const { mailStore, get, person } = createGraphWorld()
  const { restId } = mailStore.append(ANNA, mailStore.wellKnownFolder(ANNA, 'drafts').id, mail('mine'), [])
  const as = person('00000000-0000-4000-8000-000000000003', 'Mail.Read', 'Mail.Read.Shared')
  expect((await get(`/me/messages/${restId}`, { as })).statusCode).toBe(404)
  expect((await get(`/users/${ANNA}/messages/${restId}`, { as })).statusCode).toBe(403)
})
