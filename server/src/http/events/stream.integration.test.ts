import { text as readText } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import type { EmailAccountId, PersonId } from '../../kernel/ids.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  type ShownBy,
  storeEmailAccount,
  testDatabase,
  WAIT,
} from '../../../test/kit/index.ts'

const [database, another] = [await testDatabase(), await testDatabase()]
const clock = createTestClock()
/** The interval is so long that no heartbeat ends the stream. */
const { app, ask, person, publicUrl, rooms } = await createTestApp(database, clock, { heartbeatMs: 3_600_000 })
const admin = await person('admin')

async function read(as: ShownBy): Promise<Promise<string>[]> {
  const headers = { host: publicUrl.host, ...as }
  const answer = await app.inject({ url: '/v1/events/stream', headers, payloadAsStream: true })
  expect(answer.statusCode).toBe(200)
  // In a list, so that awaiting the response does not await its end.
  return [readText(answer.stream())]
}

it.each<[string, (of: { id: PersonId } & ShownBy) => ReturnType<typeof ask>]>([
  ['sees other mailboxes', ({ id }) => put(`${id}/memberships`, { emailAccountIds: [] })],
  ['has another role', ({ id }) => put(`${id}/role`, { role: 'admin' })],
  ['was removed', ({ id }) => ask(`DELETE /v1/people/${id}`, { as: admin })],
  ['has signed out', ({ cookie }) => ask('DELETE /v1/session', { as: { cookie: cookie! } })],
])('ends a stream at once when its reader %s', async (_what, change) => {
  const reader = await person('agent', [(await storeEmailAccount(database, clock)).id])
  const [ended] = await read({ cookie: reader.cookie! })

  expect((await change(reader)).status).toBeLessThan(300)

  expect(await ended).toContain('retry:')
})

it('ends a stream at once when the creator of its key is no longer an admin', async () => {
  const maker = await person('admin')
  const { key } = await rooms.people.apiKeys.create(
    { name: 'K', scopes: ['mail:read'], emailAccountIds: 'all' },
    maker.id,
  )
  const [ended] = await read({ authorization: `Bearer ${key.reveal()}` })

  await put(`${maker.id}/role`, { role: 'agent' })

  expect(await ended).toContain('retry:')
})

it('ends a stream at once when its key is revoked', async () => {
  const { id, key } = await rooms.people.apiKeys.create(
    { name: 'K', scopes: ['mail:read'], emailAccountIds: 'all' },
    admin.id,
  )
  const [ended] = await read({ authorization: `Bearer ${key.reveal()}` })

  expect((await ask(`DELETE /v1/api-keys/${id}`, { as: admin })).status).toBe(204)

  expect(await ended).toContain('retry:')
})

it('registers the mailboxes in the lists of a reader as shown, until its stream ends', async () => {
  const [account, another] = [await storeEmailAccount(database, clock), await storeEmailAccount(database, clock)]
  const reader = await person('agent', [account.id, another.id])
  const [ended] = await read({ cookie: reader.cookie! })
  await ask(`GET /v1/conversations?emailAccountId=${account.id}`, { as: { cookie: reader.cookie! } })
  expect(rooms.shownAccounts.list()).toEqual([account.id])

  // The list of all mailboxes has no conversation of the other one yet.
  await ask('GET /v1/conversations', { as: { cookie: reader.cookie! } })
  const unseen = await storeEmailAccount(database, clock)
  expect(rooms.shownAccounts.list([another.id, unseen.id])).toEqual([another.id])

  await ask('DELETE /v1/session', { as: { cookie: reader.cookie! } })
  await ended
  await expect.poll(() => rooms.shownAccounts.list(), WAIT).toEqual([])
})

it('starts after the event that the session names, unless Last-Event-ID names a later one', async () => {
  const account = await storeEmailAccount(database, clock)
  const reader = await person('agent', [account.id])
  const fileMessage = async (n: number) => {
    const of = { id: account.id, address: 'us@contoso.example', createdAt: clock.now() }
    const file = database.transaction((tx) => rooms.conversations.filing.file(tx, of, customerMessage(clock, n)))
    return (await file)!.conversationId
  }
  const earlier = await fileMessage(21)
  const { body } = await ask('GET /v1/session', { as: reader })
  const { lastEventId } = body as { lastEventId: number }
  const missed = await fileMessage(22)
  const { lastEventId: later } = (await ask('GET /v1/session', { as: reader })).body as { lastEventId: number }
  const last = await fileMessage(23)
  const textUntilLast = async (more: Record<string, string> = {}) => {
    const headers = { host: publicUrl.host, cookie: reader.cookie!, ...more }
    const answer = await app.inject({ url: `/v1/events/stream?after=${lastEventId}`, headers, payloadAsStream: true })
    let text = ''
    for await (const piece of answer.stream()) {
      text += String(piece)
      if (text.includes(last)) break
    }
    return text
  }

  const first = await textUntilLast()
  expect([first.includes(earlier), first.includes(missed)]).toEqual([false, true])
  expect(await textUntilLast({ 'last-event-id': `${later}` })).not.toContain(missed)
})

it('sends a named ping that states its interval, at once and at each heartbeat', async () => {
  const quick = await createTestApp(another, clock, { heartbeatMs: 40 })
  const { cookie } = await quick.person('admin')
  const headers = { host: quick.publicUrl.host, cookie: cookie! }
  const answer = await quick.app.inject({ url: '/v1/events/stream', headers, payloadAsStream: true })
  const stream = answer.stream()

  let text = ''
  for await (const piece of stream) {
    text += String(piece)
    if (text.split('event: ping\ndata: {"everyMs":40}\n\n').length > 3) break
  }

  expect(text).toMatch(/^retry: 2000\n\nevent: ping\n/)
})

it('announces viewers of a conversation, by name and without an id, and only of visible mailboxes', async () => {
  const [ours, theirs] = [await storeEmailAccount(database, clock), await storeEmailAccount(database, clock)]
  const conversationIn = async ({ id }: { id: EmailAccountId }, n: number) => {
    const account = { id, address: 'us@contoso.example', createdAt: clock.now() }
    const file = database.transaction((tx) => rooms.conversations.filing.file(tx, account, customerMessage(clock, n)))
    return (await file)!.conversationId
  }
  const [hidden, visible] = [await conversationIn(theirs, 1), await conversationIn(ours, 2)]
  const [reader, colleague] = [await person('agent', [ours.id]), await person('agent', [ours.id, theirs.id])]
  const headers = { host: publicUrl.host, cookie: reader.cookie! }
  const stream = (await app.inject({ url: '/v1/events/stream', headers, payloadAsStream: true })).stream()

  for (const id of [hidden, visible]) {
    const report = { as: colleague, body: { activity: 'writing' } }
    expect((await ask(`PUT /v1/conversations/${id}/presence`, report)).body).toEqual({ viewers: [] })
  }
  let text = ''
  for await (const piece of stream) {
    text += String(piece)
    if (text.includes(visible)) break
  }

  expect(text).toContain(`\n\nevent: presence\ndata: {"conversationId":"${visible}"}\n\n`)
  expect(text).not.toContain(hidden)
  const { body } = await ask(`GET /v1/conversations/${visible}/presence`, { as: reader })
  const { id: personId, name } = colleague
  expect(body).toMatchObject({ viewers: [{ personId, name, activity: 'writing' }] })
})

it('announces a saved draft to the windows of its author only, by name and without an id', async () => {
  const account = await storeEmailAccount(database, clock)
  const [author, colleague] = [await person('agent', [account.id]), await person('agent', [account.id])]
  const { key } = await rooms.people.apiKeys.create(
    { name: 'K', scopes: ['mail:read', 'mail:write'], emailAccountIds: 'all' },
    admin.id,
  )
  const program = { authorization: `Bearer ${key.reveal()}` }
  const open = async (as: ShownBy) => {
    const headers = { host: publicUrl.host, ...as }
    return (await app.inject({ url: '/v1/events/stream', headers, payloadAsStream: true })).stream()
  }
  const streams = [
    ...[await open({ cookie: author.cookie! }), await open({ cookie: author.cookie! })],
    ...[await open({ cookie: colleague.cookie! }), await open({ cookie: admin.cookie! }), await open(program)],
  ]
  const content = { to: [], cc: [], bcc: [], subject: 'Offer' }
  const createAndSave = async (as: ShownBy) => {
    const { body } = await ask('POST /v1/drafts', { as, body: { emailAccountId: account.id, content } })
    const { id } = body as { id: string }
    expect((await ask(`PUT /v1/drafts/${id}`, { as, body: { content, version: 1 } })).status).toBe(200)
    return id
  }
  await createAndSave(program)
  const draftId = await createAndSave({ cookie: author.cookie! })
  // Ends the streams, after the announcements.
  const of = { id: account.id, address: 'us@contoso.example', createdAt: clock.now() }
  const file = database.transaction((tx) => rooms.conversations.filing.file(tx, of, customerMessage(clock, 31)))
  const last = (await file)!.conversationId

  const announced: string[][] = []
  for (const stream of streams) {
    let text = ''
    for await (const piece of stream) {
      text += String(piece)
      if (text.includes(last)) break
    }
    announced.push(text.split('\n\n').filter((event) => event.includes('event: drafts')))
  }

  const saved = `event: drafts\ndata: {"draftId":"${draftId}","version":2,"everyMs":10000}`
  expect(announced).toEqual([[saved], [saved], [], [], []])
})

function put(path: string, body: object) {
  return ask(`PUT /v1/people/${path}`, { as: admin, body })
}
