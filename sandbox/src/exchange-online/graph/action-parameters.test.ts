import { describe, expect, it } from 'vitest'
import { createGraphWorld } from './graph-test-world.ts'
import { SMALLEST_FILE_BYTES } from './upload-session-file.ts'

/** Spellings of a name: the documentation's, that of SDKs generated from the metadata, and a manual one. */
const SPELLINGS: readonly [string, (name: string) => string][] = [
  ['in camel case', (name) => name],
  ['in Pascal case', (name) => name[0]!.toUpperCase() + name.slice(1)],
  ['in capitals', (name) => name.toUpperCase()],
]

describe.each(SPELLINGS)('an action of Graph whose parameters are written %s', (_spelling, spelled) => {
  const parameters = (of: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [spelled(name), value]))

  it('moves a message', async () => {
    const { receive, post, get } = createGraphWorld()
    const archive = (await get('/me/mailFolders/archive')).body.id
    const { statusCode, body } = await post(
      `/me/messages/${receive('invoice').restId}/move`,
      parameters({ destinationId: 'archive' }),
    )

    expect([statusCode, body['parentFolderId']]).toEqual([201, archive])
  })

  it('copies a message', async () => {
    const { receive, post, get } = createGraphWorld()
    const archive = (await get('/me/mailFolders/archive')).body.id
    const { statusCode, body } = await post(
      `/me/messages/${receive('invoice').restId}/copy`,
      parameters({ destinationId: 'archive' }),
    )

    expect([statusCode, body['parentFolderId']]).toEqual([201, archive])
  })

  it('forwards a message', async () => {
    const { receive, post, transport } = createGraphWorld()
    const { statusCode } = await post(
      `/me/messages/${receive('invoice').restId}/forward`,
      parameters({ comment: 'See below', toRecipients: [{ emailAddress: { address: 'kim@customer.example' } }] }),
    )

    expect([statusCode, transport.submissions[0]?.envelope.to]).toEqual([202, ['kim@customer.example']])
  })

  it('moves a folder', async () => {
    const { post, get } = createGraphWorld()
    const folder = (await post('/me/mailFolders', { displayName: 'Orders' })).body.id
    const { statusCode, body } = await post(`/me/mailFolders/${folder}/move`, parameters({ destinationId: 'archive' }))

    expect([statusCode, body['parentFolderId']]).toEqual([201, (await get('/me/mailFolders/archive')).body.id])
  })

  it('copies a folder', async () => {
    const { post, get } = createGraphWorld()
    const folder = (await post('/me/mailFolders', { displayName: 'Orders' })).body.id
    const { statusCode, body } = await post(`/me/mailFolders/${folder}/copy`, parameters({ destinationId: 'archive' }))

    expect([statusCode, body['parentFolderId']]).toEqual([200, (await get('/me/mailFolders/archive')).body.id])
  })

  it('sends a message without a copy in Sent Items', async () => {
    const { post, get, transport } = createGraphWorld()
    const message = { subject: 'x', toRecipients: [{ emailAddress: { address: 'kim@customer.example' } }] }
    const { statusCode } = await post('/me/sendMail', parameters({ message, saveToSentItems: false }))

    expect([statusCode, transport.submissions.length]).toEqual([202, 1])
    expect((await get('/me/mailFolders/sentitems/messages')).body.value.map(({ subject }) => subject)).not.toContain(
      'x',
    )
  })

  it.each(['createReply', 'createReplyAll'])('reads the comment of %s', async (action) => {
    const { receive, post } = createGraphWorld()
    const { restId } = receive('invoice')
    const { statusCode, body } = await post(`/me/messages/${restId}/${action}`, parameters({ comment: 'Paid today' }))

    expect([statusCode, JSON.stringify(body['body'])]).toEqual([201, expect.stringContaining('Paid today')])
  })

  it.each(['reply', 'replyAll'])('reads the message of %s', async (action) => {
    const { receive, post, transport } = createGraphWorld()
    const { restId } = receive('invoice')
    const message = { subject: 'Another subject' }
    const { statusCode } = await post(`/me/messages/${restId}/${action}`, parameters({ message }))

    expect([statusCode, transport.submissions[0]?.text]).toEqual([202, expect.stringContaining('Another subject')])
  })

  it('translates ids', async () => {
    const { receive, post } = createGraphWorld()
    const { restId, immutableId } = receive('invoice')
    const { body } = await post(
      '/me/translateExchangeIds',
      parameters({ inputIds: [restId], sourceIdType: 'restId', targetIdType: 'restImmutableEntryId' }),
    )

    expect(body.value).toEqual([{ sourceId: restId, targetId: immutableId }])
  })

  it('creates an upload session', async () => {
    const { post } = createGraphWorld()
    const draft = (await post('/me/messages', { subject: 'x' })).body.id
    const item = { attachmentType: 'file', name: 'a.pdf', size: SMALLEST_FILE_BYTES }
    const url = `/me/messages/${draft}/attachments/createUploadSession`

    expect((await post(url, parameters({ attachmentItem: item }))).statusCode).toBe(201)
  })
})

describe('a property of an entity', () => {
  it('is refused in another spelling', async () => {
    const { post } = createGraphWorld()

    expect((await post('/me/messages', { Subject: 'x' })).statusCode).toBe(400)
  })
})
