/** `$search`, forwards and copies by each kind of token, with Graph's errors (docs/reference/microsoft-365.md §F.3, §F.4). */
import { describe, expect, it } from 'vitest'
import { ANNA, BEN, createGraphWorld, type GraphWorld, SUPPORT } from './graph-test-world.ts'

const ZOE = { emailAddress: { address: 'zoe@partner.example' } }

const CALLERS: readonly [string, { owner: string; mailboxId: string; as: (world: GraphWorld) => never }][] = [
  ['a user', caller('me', ANNA, ({ person }) => person(ANNA, 'Mail.ReadWrite', 'Mail.Send'))],
  [
    'a user with access to a shared mailbox',
    caller(`users/${SUPPORT}`, SUPPORT, ({ person }) => person(ANNA, 'Mail.ReadWrite.Shared', 'Mail.Send.Shared')),
  ],
  ['an application', caller(`users/${BEN}`, BEN, ({ application }) => application('Mail.ReadWrite', 'Mail.Send'))],
]

function caller(owner: string, mailboxId: string, as: (world: GraphWorld) => unknown) {
  return { owner, mailboxId, as: as as (world: GraphWorld) => never }
}

describe.each(CALLERS)('a token of %s', (_kind, { owner, mailboxId, as: toClaims }) => {
  function setUp() {
    const world = createGraphWorld()
    const as = toClaims(world)
    const message = world.receive('Order 4711', {}, { mailboxId })
    world.receive('Other', {}, { mailboxId })
    const base = `/${owner}/messages/${message.restId}`
    const post = (path: string, body?: unknown) => world.post(path, body, { as })
    return { ...world, message, base, post, get: (path: string) => world.get(path, { as }) }
  }

  it('searches the mailbox, and no other one', async () => {
    const { get, receive } = setUp()
    receive('Order 9', {}, { mailboxId: mailboxId === ANNA ? SUPPORT : ANNA })
    const { statusCode, body } = await get(`/${owner}/messages?$search="subject:order"&$select=subject`)

    expect([statusCode, body.value.map(({ subject }) => subject)]).toEqual([200, ['Order 4711']])
  })

  it('copies a message and a folder', async () => {
    const { base, post, mailStore } = setUp()
    const archive = mailStore.wellKnownFolder(mailboxId, 'archive').id
    const message = await post(`${base}/copy`, { destinationId: archive })
    const folder = await post(`/${owner}/mailFolders/inbox/copy`, { destinationId: 'archive' })

    expect([message.statusCode, message.body['parentFolderId']]).toEqual([201, archive])
    expect([folder.statusCode, folder.body['totalItemCount']]).toEqual([200, 2])
  })

  it('forwards a message at once and as a draft', async () => {
    const { base, post, transport, mailStore } = setUp()
    expect((await post(`${base}/forward`, { comment: 'See', toRecipients: [ZOE] })).statusCode).toBe(202)
    const draft = await post(`${base}/createForward`, { toRecipients: [ZOE] })

    expect(transport.submissions.map(({ envelope }) => envelope.to)).toEqual([['zoe@partner.example']])
    expect(draft.statusCode).toBe(201)
    expect(draft.body).toMatchObject({
      subject: 'FW: Order 4711',
      isDraft: true,
      parentFolderId: mailStore.wellKnownFolder(mailboxId, 'drafts').id,
    })
  })

  it.each([
    ['copy', { destinationId: 'archive' }],
    ['forward', { toRecipients: [ZOE] }],
    ['createForward', {}],
  ])('gets 400 for a malformed id and 404 for an unknown one: %s', async (action, sent) => {
    const { post, message, mailStore } = setUp()
    mailStore.remove(message.key)
    const malformed = await post(`/${owner}/messages/nothing/${action}`, sent)
    const unknown = await post(`/${owner}/messages/${message.restId}/${action}`, sent)

    expect([malformed.statusCode, malformed.body.error.code]).toEqual([400, 'ErrorInvalidIdMalformed'])
    expect([unknown.statusCode, unknown.body.error.code]).toEqual([404, 'ErrorItemNotFound'])
    expect(unknown.body.error.message).toBe('The specified object was not found in the store.')
  })

  it.each([
    ['no list', { toRecipients: 'zoe@partner.example' }],
    ['no object', { toRecipients: ['zoe@partner.example'] }],
    ['a comment that is no text', { comment: 5, toRecipients: [ZOE] }],
  ])('gets 400 for a forward with %s', async (_case, sent) => {
    const { base, post, transport } = setUp()
    for (const action of ['forward', 'createForward']) {
      const { statusCode, body } = await post(`${base}/${action}`, sent)
      expect([action, statusCode, typeof body.error.code]).toEqual([action, 400, 'string'])
    }
    expect(transport.submissions).toEqual([])
  })

  it('gets 404 for a copy into a folder of another mailbox, and 400 with a wrong body', async () => {
    const { base, post, mailStore } = setUp()
    const other = mailStore.wellKnownFolder(mailboxId === ANNA ? BEN : ANNA, 'archive').id
    const elsewhere = await post(`${base}/copy`, { destinationId: other })
    const wrong = await post(`${base}/copy`, { destinationId: ['archive'] })

    expect([elsewhere.statusCode, elsewhere.body.error.code]).toEqual([404, 'ErrorItemNotFound'])
    expect(wrong.statusCode).toBe(400)
  })

  it('gets 400 for a search without an end of its quotation, and with $filter', async () => {
    const { get } = setUp()
    const unquoted = await get(`/${owner}/messages?$search=order 4711`)
    const filtered = await get(`/${owner}/messages?$search="order"&$filter=isRead eq true`)

    expect(unquoted.statusCode).toBe(400)
    expect([filtered.statusCode, filtered.body.error.code]).toEqual([400, 'SearchWithFilter'])
  })
})
