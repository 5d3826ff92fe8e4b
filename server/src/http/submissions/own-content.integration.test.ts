/** Header fields of a program, canned responses with its values, and attachments that it names by id. */
import { describe, expect, it } from 'vitest'
import {
  createTestApp,
  createTestClock,
  storeEmailAccount,
  testDatabase,
  type ShownBy,
} from '../../../test/kit/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import type { ApiKeyScope } from '../../people/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const [mine, other] = [await storeEmailAccount(database, clock), await storeEmailAccount(database, clock)]
const as = await person('agent', [mine.id])
const boss = await person('admin')
let number = 0

const send = (more: object, by: ShownBy = as, key = `key-${++number}`) =>
  ask('POST /v1/submissions', {
    ...{ as: by, headers: { 'idempotency-key': key } },
    body: {
      emailAccountId: mine.id,
      to: [{ address: 'kim@customer.example' }],
      subject: 'Kettle',
      text: 'Hi',
      ...more,
    },
  })

describe('header fields', () => {
  it('are sent and returned, and belong to the request', async () => {
    const headers = { 'X-Order': '4711', 'x-source': 'shop' }
    const sent = await send({ headers }, as, 'order')
    expect(sent).toMatchObject({ status: 201, body: { content: { headers } } })
    expect((await send({ headers: { 'x-source': 'shop', 'X-Order': '4711' } }, as, 'order')).status).toBe(201)
    expect((await send({ headers: { 'X-Order': '4712' } }, as, 'order')).body).toMatchObject({
      code: 'submission.idempotency_key_reused',
    })
  })

  it.each([
    ['another name', { Sender: 'boss@contoso.example' }],
    ['a field of Exchange', { 'X-MS-Exchange-Organization-SCL': '-1' }],
    ['a field that other programs obey', { 'X-Auto-Response-Suppress': 'All' }],
    ['a line break', { 'X-Order': '1\r\nBcc: all@contoso.example' }],
    ['an empty value', { 'X-Order': '' }],
    ['an encoded word', { 'X-Order': '=?UTF-8?Q?a?=' }],
    ['a letter beyond ASCII', { 'X-Order': 'Größe' }],
    ['a name twice', { 'X-Order': '1', 'x-order': '2' }],
    ['too many', Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`X-${n}`, '1']))],
  ])('are refused with %s', async (_case, headers) => {
    const refused = await send({ headers })
    expect(refused).toMatchObject({ status: 400, body: { code: 'http.invalid_request' } })
    expect(refused.text).not.toContain('all@contoso.example')
  })
})

it('a time of sending can have any zone', async () => {
  const sent = await send({ sendAt: '2026-06-01T11:00:00.123456+02:00' })
  expect(sent).toMatchObject({ status: 201, body: { sendAt: '2026-06-01T09:00:00.123Z' } })
})

describe('an attachment named by id', () => {
  async function received(account: EmailAccountId, disposition = 'Content-Disposition: attachment') {
    const source = Buffer.from(
      [
        ...['From: Kim <kim@customer.example>', 'To: Us <us@contoso.example>', 'Subject: Photo'],
        ...[`Message-ID: <${++number}@customer.example>`, 'Content-Type: multipart/mixed; boundary=b', ''],
        ...['--b', 'Content-Type: text/plain', '', 'Here', '--b', 'Content-Type: image/png; name="kettle.png"'],
        ...[`${disposition}; filename="kettle.png"`, 'Content-Transfer-Encoding: base64', ''],
        ...['a2V0dGxl', '--b--', ''],
      ].join('\r\n'),
    )
    const message: RemoteMessage = {
      ...{ ...(await rooms.parser.parse(source)), partial: false, remoteId: `imap:1:${number}:INBOX` },
      ...{ folderRemoteId: 'inbox', remoteConversationId: undefined, receivedAt: clock.now(), flags: [], source },
    }
    const { messageId } = (await database.transaction(async (tx) =>
      rooms.conversations.filing.file(tx, await rooms.emailAccounts.get(account), message),
    ))!
    const { body } = await ask(`GET /v1/messages/${messageId}/attachments`, { as: boss })
    return (body as { attachments: { id: string }[] }).attachments[0]!.id
  }

  it('is sent with its bytes, beside one that is uploaded', async () => {
    const attachmentId = await received(mine.id)
    const note = { name: 'note.txt', contentType: 'text/plain', content: 'SGVsbG8=' }
    const sent = await send({ attachments: [note, { attachmentId }] })
    expect(sent.status, sent.text).toBe(201)
    expect(sent.body).toMatchObject({
      content: { attachments: [{ name: 'note.txt' }, { name: 'kettle.png', contentType: 'image/png', sizeBytes: 6 }] },
    })
    const { rows } = await database.pool.query<{ content: Buffer }>(
      "SELECT content FROM submission_attachments WHERE submission_id = $1 AND name = 'kettle.png'",
      [(sent.body as { id: string }).id],
    )
    expect(rows.map(({ content }) => content.toString())).toEqual(['kettle'])
  })

  it('is one submission for one key, also after its message is gone', async () => {
    const attachmentId = await received(mine.id)
    const first = await send({ attachments: [{ attachmentId }] }, as, 'photo')
    await database.pool.query('DELETE FROM messages WHERE id = (SELECT message_id FROM attachments WHERE id = $1)', [
      attachmentId,
    ])
    const again = await send({ attachments: [{ attachmentId }] }, as, 'photo')
    expect(again).toMatchObject({ status: 201, body: { id: (first.body as { id: string }).id } })
  })

  it('is shown as a file unless the text shows it', async () => {
    const attachmentId = await received(mine.id, 'Content-ID: <kettle@customer.example>\r\nContent-Disposition: inline')
    const hidden = await send({ attachments: [{ attachmentId }] })
    expect(hidden.body).toMatchObject({ content: { attachments: [{ isInline: false }] } })
    const html = '<p>See <img src="cid:kettle@customer.example"></p>'
    const shown = await send({ attachments: [{ attachmentId }], text: undefined, html })
    expect(shown.body).toMatchObject({ content: { attachments: [{ isInline: true }] } })
  })

  it('is not found in another mailbox, for admins too', async () => {
    const attachmentId = await received(other.id)
    expect((await send({ attachments: [{ attachmentId }] })).status).toBe(404)
    expect((await send({ attachments: [{ attachmentId }] }, boss)).status).toBe(404)
  })

  it('needs a key that can read mail', async () => {
    const attachmentId = await received(mine.id)
    const keyWith = async (scopes: ApiKeyScope[]) => {
      const { key } = await rooms.people.apiKeys.create({ name: 'Shop', scopes, emailAccountIds: 'all' }, boss.id)
      return { authorization: `Bearer ${key.reveal()}` }
    }
    const refused = await send({ attachments: [{ attachmentId }] }, await keyWith(['mail:send']))
    expect(refused).toMatchObject({ status: 403, body: { code: 'http.scope_missing' } })
    expect((await send({ attachments: [{ attachmentId }] }, await keyWith(['mail:send', 'mail:read']))).status).toBe(
      201,
    )
  })
})

describe('a canned response', () => {
  const create = async (html: string, more = {}) => {
    const body = { name: `Shipped ${++number}`, isShared: true, html, ...more }
    const made = await ask('POST /v1/canned-responses', { as: boss, body })
    expect(made.status, made.text).toBe(201)
    return (made.body as { id: string }).id
  }
  const from = (cannedResponse: object, more = {}) =>
    send({ text: undefined, to: [{ name: 'Kim', address: 'kim@customer.example' }], cannedResponse, ...more })

  it('is the text of a message, with values, its files and a use', async () => {
    const id = await create('<p>Hi {{customer.name}}, {{order.number}} has <b>shipped</b>{{order.note|}}.</p>')
    const file = { name: 'terms.txt', contentType: 'text/plain', content: 'SGVsbG8=' }
    await ask(`POST /v1/canned-responses/${id}/attachments`, { as: boss, body: file })
    const sent = await from({ id, values: { 'order.number': '<4711>' } })
    expect(sent.status, sent.text).toBe(201)
    expect(sent.body).toMatchObject({
      content: {
        text: 'Hi Kim, <4711> has shipped.',
        html: expect.stringContaining('Hi Kim, &lt;4711&gt; has <b>shipped</b>.') as unknown,
        attachments: [{ name: 'terms.txt' }],
      },
    })
    expect((await ask(`GET /v1/canned-responses/${id}`, { as: boss })).body).toMatchObject({ usedCount: 1 })
  })

  it('is one submission for one key, however it is changed or deleted meanwhile, and counts once', async () => {
    const id = await create('<p>Order {{order.number}}</p>')
    const request = { cannedResponse: { id, values: { 'order.number': '1' } }, text: undefined }
    const first = await send(request, as, 'same')
    expect(first.status, first.text).toBe(201)
    await ask(`PATCH /v1/canned-responses/${id}`, { as: boss, body: { text: 'Other {{new.one}}', html: '' } })
    const again = await send(request, as, 'same')
    expect(again).toMatchObject({ status: 201, body: { id: (first.body as { id: string }).id } })
    expect((await ask(`GET /v1/canned-responses/${id}`, { as: boss })).body).toMatchObject({ usedCount: 1 })
    const other = { cannedResponse: { id, values: { 'order.number': '2' } }, text: undefined }
    expect((await send(other, as, 'same')).body).toMatchObject({ code: 'submission.idempotency_key_reused' })
    expect((await ask(`DELETE /v1/canned-responses/${id}`, { as: boss })).status).toBe(204)
    expect((await send(request, as, 'same')).status).toBe(201)
  })

  it('needs a key that can read canned responses', async () => {
    const id = await create('<p>Hello</p>')
    const { key } = await rooms.people.apiKeys.create(
      { name: 'S', scopes: ['mail:send'], emailAccountIds: 'all' },
      boss.id,
    )
    const by = { authorization: `Bearer ${key.reveal()}` }
    expect(await send({ cannedResponse: { id }, text: undefined }, by)).toMatchObject({
      ...{ status: 403, body: { code: 'http.scope_missing', detail: 'mail:read' } },
    })
  })

  it('is refused without a value, beside another text, and if it is of another person', async () => {
    const id = await create('<p>Order {{order.number}}</p>')
    expect(await from({ id })).toMatchObject({
      ...{ status: 400, body: { code: 'writing.value_missing', detail: 'order.number' } },
    })
    expect((await ask(`GET /v1/canned-responses/${id}`, { as: boss })).body).toMatchObject({ usedCount: 0 })
    const both = await from({ id, values: { 'order.number': '1' } }, { text: 'Hello' })
    expect(both).toMatchObject({ status: 400, body: { code: 'writing.text_and_response' } })
    const personal = await create('<p>Hello</p>', { isShared: false })
    expect((await from({ id: personal })).status).toBe(404)
  })
})
