import { expect, it } from 'vitest'
import type { VisibleAccounts } from '../../events/index.ts'
import { newId, type EmailAccountId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import type { Parser } from '../../mime/index.ts'
import { createEventPresenter } from './event.ts'
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

async function receive({ id }: { id: EmailAccountId }, n: number, more: Partial<RemoteMessage> = {}) {
  const account = { id, address: 'us@contoso.example', createdAt: clock.now() }
  const file = database.transaction((tx) =>
    rooms.conversations.filing.file(tx, account, customerMessage(clock, n, more)),
  )
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

it('makes the text of a message on a thread, of the beginning of its body, or shows its preview', async () => {
  const { next: start } = await list('after=now')
  const { messageId } = await receive(ours, 7, { body: { type: 'html', content: '<p>It leaks.</p>'.repeat(50_000) } })
  const stored = await rooms.events.list({ emailAccountIds: 'all', after: start, kinds: ['message.received'] })
  const shownBy = async (parser: Pick<Parser, 'texts'>) => {
    const present = createEventPresenter({ conversations: rooms.conversations, parser: { ...rooms.parser, ...parser } })
    const [event] = await present(stored.events, 'message', 'all')
    return (event!.data as { message: { id: string; text: string; isTruncated?: boolean } }).message
  }

  const lengths: number[] = []
  const shown = await shownBy({
    texts: (bodies, longest) => {
      lengths.push(...bodies.map(({ content }) => content.length))
      return rooms.parser.texts(bodies, longest)
    },
  })
  expect(shown).toMatchObject({ id: messageId, isTruncated: true })
  expect(shown.text).toMatch(/^It leaks\.\n/)
  expect(shown.text.length).toBe(20_000)
  expect(lengths).toEqual([100_001])
  const ill = await shownBy({ texts: (bodies) => Promise.resolve(bodies.map(() => undefined)) })
  expect(ill).toMatchObject({ text: 'Where is it?', isTruncated: true })
})

it('includes no message of a mailbox that the reader may not read', async () => {
  const { next: start } = await list('after=now')
  await receive(ours, 8)
  const { events } = await rooms.events.list({ emailAccountIds: 'all', after: start, kinds: ['message.received'] })
  const present = createEventPresenter(rooms)
  const included = async (readable: VisibleAccounts) =>
    'message' in (await present(events, 'message', readable))[0]!.data
  expect([await included([theirs.id]), await included([ours.id]), await included('all')]).toEqual([false, true, true])
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
