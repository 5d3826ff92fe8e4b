import { describe, expect, it } from 'vitest'
import { ANNA, createGraphWorld, type GraphWorld } from './graph-test-world.ts'

const ZOE = { emailAddress: { name: 'Zoe', address: 'zoe@partner.example' } }
const FILE = { kind: 'file', contentType: 'text/plain', contentId: undefined, content: Buffer.from('a'), sourceUrl: undefined } as const // prettier-ignore

function receiveWithFiles({ receive, mailStore }: GraphWorld) {
  const original = receive('invoice', { references: ['<first@customer.example>'], importance: 'high' })
  mailStore.addAttachment(original.key, { ...FILE, name: 'invoice.txt', isInline: false })
  mailStore.addAttachment(original.key, { ...FILE, name: 'logo.png', isInline: true, contentId: 'logo' })
  return original
}

describe('a forward', () => {
  it('is a draft without recipients, in the conversation, with quotation and all files', async () => {
    const world = createGraphWorld()
    const original = receiveWithFiles(world)
    const { statusCode, body } = await world.post(`/me/messages/${original.restId}/createForward`)

    expect(statusCode).toBe(201)
    expect(body).toMatchObject({
      subject: 'FW: invoice',
      isDraft: true,
      importance: 'high',
      hasAttachments: true,
      conversationId: original.conversationId,
      toRecipients: [],
      parentFolderId: world.mailStore.wellKnownFolder(ANNA, 'drafts').id,
    })
    expect((body['body'] as { content: string }).content).toMatch(/From:<\/b> Kim Customer.*About invoice/s)
    const { body: files } = await world.get(`/me/messages/${body.id}/attachments`)
    expect(files.value.map(({ name }) => name)).toEqual(['invoice.txt', 'logo.png'])
    const mime = (await world.get(`/me/messages/${body.id}/$value`)).text
    expect(mime).toMatch(/^In-Reply-To: <invoice@customer\.example>\r$/m)
  })

  it('is sent at once, with a copy in Sent Items', async () => {
    const world = createGraphWorld()
    const { restId } = receiveWithFiles(world)
    const { statusCode, text } = await world.post(`/me/messages/${restId}/forward`, {
      comment: 'For <you>',
      toRecipients: [ZOE],
    })

    expect([statusCode, text]).toEqual([202, ''])
    const [sent] = world.transport.submissions
    expect(sent?.envelope).toEqual({ from: 'anna@contoso.example', to: ['zoe@partner.example'] })
    expect(sent?.text).toContain('For &lt;you&gt;')
    expect(sent?.text).toContain('filename=invoice.txt')
    world.clock.move(60_000)
    await world.deferred.runDue()
    const { body } = await world.get('/me/mailFolders/sentitems/messages')
    expect(body.value.map(({ subject }) => subject)).toContain('FW: invoice')
  })

  it('keeps the files, and not the images, when the client replaces the body', async () => {
    const world = createGraphWorld()
    const { restId } = receiveWithFiles(world)
    const message = { toRecipients: [ZOE], body: { contentType: 'text', content: 'Mine' }, subject: 'Other' }
    const { body } = await world.post(`/me/messages/${restId}/createForward`, { message })

    expect(body).toMatchObject({ subject: 'Other', toRecipients: [ZOE] })
    expect(JSON.stringify(body['body'])).toContain('<div>Mine</div>')
    const { body: files } = await world.get(`/me/messages/${body.id}/attachments`)
    expect(files.value.map(({ name }) => name)).toEqual(['invoice.txt'])
  })

  it.each([
    ['both a comment and a body', { comment: 'x', message: { body: { content: 'y' } }, toRecipients: [ZOE] }],
    ['recipients in both places', { toRecipients: [ZOE], message: { toRecipients: [ZOE] } }],
    ['recipients in neither place', { comment: 'x' }],
  ])('is refused with %s', async (_what, sent) => {
    const { receive, post, transport } = createGraphWorld()
    const { restId } = receive('invoice')
    for (const action of ['forward', 'createForward']) {
      expect([action, (await post(`/me/messages/${restId}/${action}`, sent)).statusCode]).toEqual([action, 400])
    }
    expect(transport.submissions).toEqual([])
  })

  it('is not sent without recipients', async () => {
    const { receive, post, get } = createGraphWorld()
    const { statusCode, body } = await post(`/me/messages/${receive('invoice').restId}/forward`, {})
    expect([statusCode, body.error.code]).toEqual([400, 'ErrorInvalidRecipients'])
    expect((await get('/me/mailFolders/outbox/messages')).body.value).toEqual([])
  })
})
