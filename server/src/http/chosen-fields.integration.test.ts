/** `fields` and ETag: what programs ask for again and again costs less. */
import { expect, it, vi } from 'vitest'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const admin = await person('admin')
const account = await storeEmailAccount(database, clock)
const of = { id: account.id, address: 'us@contoso.example', createdAt: clock.now() }
const filed = await database.transaction((tx) =>
  rooms.conversations.filing.file(tx, of, customerMessage(clock, 1, { subject: 'Kettle' })),
)
const { messageId, conversationId } = filed!
const get = (at: string, headers = {}) => ask(`GET ${at}`, { as: admin, headers })

it('only the chosen fields of messages are returned, and no other body is read', async () => {
  const bodies = vi.spyOn(rooms.conversations.messages, 'bodies')
  const list = await get('/v1/messages?fields=id,subject')
  expect(list.body).toEqual({ messages: [{ id: messageId, subject: 'Kettle' }] })
  const one = await get(`/v1/messages/${messageId}?fields=subject`)
  expect(one.body).toEqual({ subject: 'Kettle' })
  expect(bodies).not.toHaveBeenCalled()
  const text = await get(`/v1/messages/${messageId}?fields=text`)
  expect(Object.keys(text.body as object)).toEqual(['text'])
  expect(bodies).toHaveBeenCalledTimes(1)
  expect((await get(`/v1/messages/${messageId}`)).body).toMatchObject({ id: messageId, subject: 'Kettle' })
  bodies.mockRestore()
})

it('only the chosen fields of conversations are returned', async () => {
  const { body } = await get('/v1/conversations?fields=id,subject')
  expect((body as { conversations: object[] }).conversations).toEqual([{ id: conversationId, subject: 'Kettle' }])
})

it.each(['/v1/messages?fields=id,body', '/v1/messages?fields=', '/v1/conversations?fields=nothing'])(
  'an unknown field is refused with those that exist: %s',
  async (at) => {
    const answer = await get(at)
    expect(answer).toMatchObject({ status: 400, body: { code: 'http.invalid_request' } })
    if (!at.endsWith('=')) expect(answer.text).toContain('subject')
  },
)

it.each([
  ['message', () => `/v1/messages/${messageId}`],
  ['conversation', () => `/v1/conversations/${conversationId}`],
  ['list of mailboxes', () => '/v1/email-accounts'],
  ['mailbox', () => `/v1/email-accounts/${account.id}`],
  ['list of tags', () => '/v1/tags'],
])('a %s that is unchanged is 304 without a body', async (_, at) => {
  const first = await get(at())
  const etag = String(first.headers['etag'])
  expect(etag).toMatch(/^W\/"[\w-]{22}"$/)
  expect(first.headers['cache-control']).toBe('no-store')
  const known = await get(at(), { 'if-none-match': `"other", ${etag}` })
  expect(known).toMatchObject({ status: 304, text: '', headers: { etag } })
  const packed = await get(at(), { 'accept-encoding': 'gzip' })
  expect(packed.headers['etag']).toBe(etag)
  expect(await get(at(), { 'if-none-match': 'W/"other"' })).toMatchObject({ status: 200, body: first.body })
})

it('a change has another ETag', async () => {
  const { headers } = await get(`/v1/conversations/${conversationId}`)
  await ask(`POST /v1/conversations/${conversationId}/close`, { as: admin, body: {} })
  const changed = await get(`/v1/conversations/${conversationId}`, { 'if-none-match': headers['etag'] as string })
  expect(changed).toMatchObject({ status: 200, body: { conversation: { status: 'closed' } } })
})

it('a source that the client has is not sent again', async () => {
  await database.db.updateTable('messages').set({ content_replaced_at: null }).execute()
  const at = `/v1/messages/${messageId}/source`
  const known = await get(at, { 'if-none-match': `"${messageId}.0"` })
  expect(known).toMatchObject({ status: 304, text: '', headers: { etag: `W/"${messageId}.0"` } })
  expect(await get(at, { 'if-none-match': `W/"${messageId}.0"` })).toMatchObject({ status: 304 })

  // Its server can't be reached.
  const failed = await get(at)
  expect(failed.status).toBeGreaterThanOrEqual(400)
  expect(failed.headers['etag']).toBeUndefined()
})
