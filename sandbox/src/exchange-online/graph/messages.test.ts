import { describe, expect, it } from 'vitest'
import { ANNA, createGraphWorld, GRAPH_AT } from './graph-test-world.ts'

/** The exact set of keys, in Graph's order. */
const MESSAGE_KEYS = [
  '@odata.etag',
  'id',
  'createdDateTime',
  'lastModifiedDateTime',
  'changeKey',
  'categories',
  'receivedDateTime',
  'sentDateTime',
  'hasAttachments',
  'internetMessageId',
  'subject',
  'bodyPreview',
  'importance',
  'parentFolderId',
  'conversationId',
  'conversationIndex',
  'isDeliveryReceiptRequested',
  'isReadReceiptRequested',
  'isRead',
  'isDraft',
  'webLink',
  'inferenceClassification',
  'body',
  'sender',
  'from',
  'toRecipients',
  'ccRecipients',
  'bccRecipients',
  'replyTo',
  'flag',
]

describe('reading a message', () => {
  it("returns exactly Graph's properties, with times to the second and an etag", async () => {
    const { receive, get } = createGraphWorld()
    const { restId } = receive('invoice')
    const { body, headers } = await get(`/me/messages/${restId}`)

    expect(Object.keys(body)).toEqual(['@odata.context', ...MESSAGE_KEYS])
    expect(body['@odata.context']).toBe(`${GRAPH_AT}/v1.0/$metadata#users('${ANNA}')/messages/$entity`)
    expect(body['@odata.etag']).toBe(`W/"${String(body['changeKey'])}"`)
    expect(headers['content-type']).toMatch(/^application\/json; odata\.metadata=minimal;/)
    expect(body).toMatchObject({
      id: restId,
      subject: 'invoice',
      receivedDateTime: '2026-11-02T08:01:00Z',
      from: { emailAddress: { name: 'Kim Customer', address: 'kim@customer.example' } },
      flag: { flagStatus: 'notFlagged' },
      inferenceClassification: 'focused',
    })
  })

  it('accepts an address in any OData spelling', async () => {
    const { receive, get } = createGraphWorld()
    const { restId } = receive('invoice')
    for (const path of [
      `/me/messages('${restId}')`,
      `/Me/Messages/${encodeURIComponent(restId)}`,
      `/users('anna@contoso.example')/mailfolders('Inbox')/messages('${restId}')`,
      `/users/${ANNA}/mailFolders/msgfolderroot/childFolders/inbox/messages/${restId}`,
    ]) {
      expect([path, (await get(path)).body['subject']]).toEqual([path, 'invoice'])
    }
  })

  it('returns only selected properties and refuses unknown ones', async () => {
    const { receive, get } = createGraphWorld()
    receive('invoice')
    const { body } = await get('/me/messages?$select=subject,isread')
    expect(Object.keys(body.value[0]!)).toEqual(['@odata.etag', 'id', 'subject', 'isRead'])
    expect(body['@odata.context']).toBe(`${GRAPH_AT}/v1.0/$metadata#users('${ANNA}')/messages(subject,isread)`)

    const refused = await get('/me/messages?$select=subject,colour')
    expect(refused.statusCode).toBe(400)
    expect(refused.body.error.message).toContain("Could not find a property named 'colour'")
  })

  it('keeps the immutable id in a move and changes the default one', async () => {
    const { receive, get, post } = createGraphWorld()
    const { restId } = receive('invoice')
    const prefer = { headers: { prefer: 'IdType="ImmutableId"' } }
    const { body: before, headers } = await get(`/me/messages/${restId}`, prefer)
    expect(headers['preference-applied']).toBe('IdType="ImmutableId"')

    const moved = await post(`/me/messages/${before.id}/move`, { destinationId: 'archive' })
    expect(moved.statusCode).toBe(201)
    expect(moved.body.id).not.toBe(restId)
    expect((await get(`/me/messages/${restId}`)).body.error.code).toBe('ErrorItemNotFound')
    expect((await get(`/me/messages/${before.id}`, prefer)).body).toMatchObject({
      id: before.id,
      parentFolderId: moved.body['parentFolderId'],
    })
  })

  it('distinguishes a malformed id from an unknown one', async () => {
    const { receive, get } = createGraphWorld()
    const { restId } = receive('invoice')
    const malformed = await get('/me/messages/17')
    expect(malformed.statusCode).toBe(400)
    expect(malformed.body.error).toMatchObject({ code: 'ErrorInvalidIdMalformed', message: 'Id is malformed.' })
    const absent = await get(`/me/messages/${restId.replace(/[A-Z]/g, 'Z')}`)
    expect(absent.statusCode).toBe(404)
    expect(absent.body.error.message).toBe('The specified object was not found in the store.')
    expect((await get(`/me/mailFolders/drafts/messages/${restId}`)).statusCode).toBe(404)
  })

  it('returns the body as HTML unless text is requested, without scripts unless they are requested', async () => {
    const { receive, get } = createGraphWorld()
    const { restId: html } = receive('a', { body: { contentType: 'html', content: '<p>Hi <b>you</b></p><script>x()</script>' } }) // prettier-ignore
    const { restId: text } = receive('b', { body: { contentType: 'text', content: '1 < 2' } })
    const bodyOf = async (id: string, prefer?: string) =>
      (await get(`/me/messages/${id}`, { headers: { ...(prefer && { prefer }) } })).body['body']

    expect(await bodyOf(html)).toEqual({ contentType: 'html', content: '<p>Hi <b>you</b></p>' })
    expect(await bodyOf(html, 'outlook.allow-unsafe-html')).toMatchObject({ content: expect.stringContaining('x()') as string }) // prettier-ignore
    expect(await bodyOf(html, 'outlook.body-content-type="text"')).toEqual({ contentType: 'text', content: 'Hi you' })
    expect(await bodyOf(text)).toMatchObject({ contentType: 'html', content: expect.stringContaining('1 &lt; 2') as string }) // prettier-ignore
    expect(await bodyOf(text, 'IdType="ImmutableId", outlook.body-content-type="text"')).toEqual({
      contentType: 'text',
      content: '1 < 2',
    })
  })

  it('returns header fields only when they are selected, and none of sent copies', async () => {
    const { mailStore, get } = createGraphWorld()
    const mime = new TextEncoder().encode('From: kim@customer.example\r\nX-Ticket: 7\r\nSubject: s\r\n\r\nHi')
    const add = (folder: 'inbox' | 'sentitems') =>
      mailStore.appendMime(ANNA, mailStore.wellKnownFolder(ANNA, folder).id, mime)
    const [received, sent] = [await add('inbox'), await add('sentitems')]

    expect((await get(`/me/messages/${received.restId}`)).body).not.toHaveProperty('internetMessageHeaders')
    const selected = await get(`/me/messages/${received.restId}?$select=internetMessageHeaders`)
    expect(selected.body['internetMessageHeaders']).toContainEqual({ name: 'X-Ticket', value: '7' })
    const ofSent = await get(`/me/messages/${sent.restId}?$select=internetMessageHeaders`)
    expect(ofSent.body).not.toHaveProperty('internetMessageHeaders')
  })

  it('returns the original MIME with $value', async () => {
    const { mailStore, get } = createGraphWorld()
    const mime = 'From: kim@customer.example\r\nSubject: s\r\n\r\nHi'
    const inbox = mailStore.wellKnownFolder(ANNA, 'inbox').id
    const { restId } = await mailStore.appendMime(ANNA, inbox, new TextEncoder().encode(mime))
    const { text, headers } = await get(`/me/messages/${restId}/$value`)
    expect(text).toBe(mime)
    expect(headers['content-type']).toMatch(/^text\/plain/)
  })

  it('expands supported extended properties and omits those that are not set', async () => {
    const { receive, get } = createGraphWorld()
    const { restId } = receive('invoice')
    const expand = (id: string) =>
      get(`/me/messages/${restId}?$select=id&$expand=singleValueExtendedProperties($filter=id eq '${id}')`)
    expect((await expand('String 0x1035')).body['singleValueExtendedProperties']).toEqual([
      { id: 'String 0x1035', value: '<invoice@customer.example>' },
    ])
    expect((await expand('String 0x5D01')).body).not.toHaveProperty('singleValueExtendedProperties')
  })
})

describe('changing a message', () => {
  it('sets flags of any message, and changes content only in drafts', async () => {
    const { receive, ask, get } = createGraphWorld()
    const { restId } = receive('invoice')
    const patch = (body: unknown, headers = {}) => ask('PATCH', `/me/messages/${restId}`, { body, headers })
    const flagged = await patch({ isRead: true, flag: { flagStatus: 'flagged' }, categories: ['Red'] })
    expect(flagged.statusCode).toBe(200)
    expect(flagged.body).toMatchObject({ isRead: true, flag: { flagStatus: 'flagged' }, categories: ['Red'] })

    expect((await patch({ subject: 'no invoice' })).statusCode).toBe(400)
    expect((await get(`/me/messages/${restId}`)).body.error).toBeUndefined()
    expect((await patch({ isRed: true })).body.error).toMatchObject({ code: 'RequestBodyRead' })
    expect((await patch({ isRead: 'yes' })).body.error.message).toBe(
      "Cannot convert the literal '\"yes\"' to the expected type 'Edm.Boolean'.",
    )
    const stale = await patch({ isRead: false }, { 'if-match': 'W/"CQAAABYAAAA="' })
    expect(stale.statusCode).toBe(412)
    expect(stale.body.error.code).toBe('ErrorIrresolvableConflict')
  })

  it('deletes into Deleted Items, then to Recoverable Items, and permanently only on request', async () => {
    const { receive, ask, get, mailStore } = createGraphWorld()
    const { restId, immutableId } = receive('invoice')
    expect((await ask('DELETE', `/me/messages/${restId}`)).statusCode).toBe(204)
    const deleted = (await get('/me/mailFolders/deleteditems/messages')).body.value
    expect(deleted.map(({ subject }) => subject)).toEqual(['invoice'])

    await ask('DELETE', `/me/messages/${deleted[0]!.id}`)
    expect((await get('/me/mailFolders/deleteditems/messages')).body.value).toEqual([])
    expect(mailStore.message(ANNA, immutableId)).toBeDefined()
    expect((await ask('POST', `/me/messages/${immutableId}/permanentDelete`)).statusCode).toBe(204)
    expect(mailStore.message(ANNA, immutableId)).toBeUndefined()
  })

  it('translates between default and immutable ids', async () => {
    const { receive, post } = createGraphWorld()
    const { restId, immutableId } = receive('invoice')
    const { body } = await post('/me/translateExchangeIds', {
      inputIds: [restId, 'nonsense'],
      sourceIdType: 'restId',
      targetIdType: 'restImmutableEntryId',
    })
    expect(body.value).toMatchObject([
      { sourceId: restId, targetId: immutableId },
      { sourceId: 'nonsense', errorDetails: { code: 'ErrorItemNotFound' } },
    ])
  })

  it('copies: the original stays, the copy has ids of its own', async () => {
    const { receive, post, get, mailStore } = createGraphWorld()
    const original = receive('invoice')
    const { statusCode, body } = await post(`/me/messages/${original.restId}/copy`, { destinationId: 'archive' })

    expect(statusCode).toBe(201)
    expect(body).toMatchObject({
      subject: 'invoice',
      parentFolderId: mailStore.wellKnownFolder(ANNA, 'archive').id,
      conversationId: original.conversationId,
      internetMessageId: original.internetMessageId,
    })
    expect([original.restId, original.immutableId]).not.toContain(body.id)
    expect((await get(`/me/messages/${body.id}`)).statusCode).toBe(200)
    expect((await get(`/me/mailFolders/inbox/messages/${original.restId}`)).statusCode).toBe(200)
  })

  it.each([
    [{}, 400, 'ErrorInvalidIdMalformed'],
    [{ destinationId: 'nowhere' }, 400, 'ErrorInvalidIdMalformed'],
  ])('refuses to copy with %j', async (sent, status, code) => {
    const { receive, post } = createGraphWorld()
    const { statusCode, body } = await post(`/me/messages/${receive('invoice').restId}/copy`, sent)
    expect([statusCode, body.error.code]).toEqual([status, code])
  })
})
