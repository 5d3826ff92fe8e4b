import { expect, it } from 'vitest'
import { newId, type EmailAccountId } from '../../kernel/ids.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { app, ask, person, publicUrl, rooms } = await createTestApp(database, clock)
const admin = await person('admin')
const [ours, theirs] = [await storeEmailAccount(database, clock), await storeEmailAccount(database, clock)]

interface Page {
  events: { id: number; kind: string; account?: string; subject: string; data: Record<string, unknown> }[]
  next: number
  more: boolean
}

async function receive({ id }: { id: EmailAccountId }, n: number) {
  const account = { id, address: 'us@contoso.example', createdAt: clock.now() }
  const file = database.transaction((tx) => rooms.conversations.filing.file(tx, account, customerMessage(clock, n)))
  return (await file)!
}

async function list(query: string, as = admin): Promise<Page> {
  const { status, body } = await ask(`GET /v1/events?${query}`, { as })
  expect(status, JSON.stringify(body)).toBe(200)
  return body as Page
}

it('a reader that always continues at `next` gets every event once, also when it was up to date before', async () => {
  const { events: none, next: start } = await list('after=now')
  expect(none).toEqual([])
  const filed = [await receive(ours, 1), await receive(ours, 2)]

  const seen: Page['events'] = []
  let after = start
  for (let page: Page | undefined; page?.more !== false; after = page.next) {
    page = await list(`after=${after}&kinds=message.received&limit=1`)
    seen.push(...page.events)
  }
  expect(await list(`after=${after}&kinds=message.received`)).toMatchObject({ events: [], more: false })
  filed.push(await receive(ours, 3))
  seen.push(...(await list(`after=${after}&kinds=message.received`)).events)

  expect(seen.map(({ subject }) => subject)).toEqual(filed.map(({ messageId }) => messageId))
})

it('filters by kinds of a thing and by mailboxes, in the list and in the stream alike', async () => {
  const { next: start } = await list('after=now')
  await receive(theirs, 4)
  const { conversationId } = await receive(ours, 5)
  await rooms.conversations.team.close(conversationId, 'postkey')
  const filter = `after=${start}&kinds=conversation.*,message.sent&accounts=${ours.id}`

  const { events } = await list(filter)
  expect(events.map(({ kind, account }) => [kind, account])).toEqual([
    ['conversation.created', ours.id],
    ['conversation.closed', ours.id],
  ])

  const headers = { host: publicUrl.host, cookie: admin.cookie! }
  const answer = await app.inject({ url: `/v1/events/stream?${filter}`, headers, payloadAsStream: true })
  let text = ''
  for await (const piece of answer.stream()) {
    text += String(piece)
    if (text.includes('conversation.closed')) break
  }
  const streamed = [...text.matchAll(/^data: (\{"id".*)$/gm)].map(([, json]) => JSON.parse(json!) as object)
  expect(streamed).toEqual(events)
})

it('includes the message where it is asked for', async () => {
  const { next: start } = await list('after=now')
  const { messageId: id, conversationId } = await receive(ours, 6)

  const { events } = await list(`after=${start}&kinds=message.received&include=message`)

  expect(events).toMatchObject([{ subject: id, data: { conversationId, message: { id, direction: 'in' } } }])
  expect((events[0]!.data['message'] as { text: string }).text).not.toBe('')
  expect((await list(`after=${start}&kinds=message.received`)).events[0]!.data).not.toHaveProperty('message')
})

it('refuses an unknown kind, and a mailbox that the caller does not see', async () => {
  const agent = await person('agent', [ours.id])

  expect(await ask('GET /v1/events?kinds=message.vanished', { as: admin })).toMatchObject({ status: 400 })
  for (const id of [theirs.id, newId()]) {
    for (const at of ['/v1/events', '/v1/events/stream']) {
      expect(await ask(`GET ${at}?accounts=${id}`, { as: agent }), at).toMatchObject({ status: 404 })
    }
  }
})
