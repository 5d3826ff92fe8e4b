import { QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { conversationQuery, withEarlier, type ConversationView } from './conversation.ts'

const PAGE = 2

/** A server with a conversation; its messages are numbers, oldest first. */
function createServer(count: number) {
  const messages = Array.from({ length: count }, (_, n) => n)
  const fetchPage = (_: string, query: { before?: string; since?: string }): Promise<ConversationView> => {
    const older = messages.filter((n) => query.before === undefined || n < Number(query.before))
    const from = query.since === undefined ? Math.max(older.length - PAGE, 0) : Number(query.since)
    const page = older.slice(from)
    return Promise.resolve({
      messages: page.map((n) => ({ id: `${n}` })),
      ...{ earlier: from > 0, start: `${from}`, submittedBy: { [`${page[0]!}`]: 'nina' }, bounces: {}, names: {} },
    } as unknown as ConversationView)
  }
  return { fetchPage, arrive: () => messages.push(messages.length) }
}

it('new mail leaves no gap between the newest page and the earlier ones', async () => {
  const { fetchPage, arrive } = createServer(6)
  const client = new QueryClient()
  const query = conversationQuery('c', fetchPage)
  const first = await client.query(query)
  const earlier = await fetchPage('c', { before: first.messages[0]!.id })
  for (let n = 0; n < 3; n++) arrive()

  const now = await client.query({ ...query, staleTime: 0 })

  const whole = withEarlier(now, [earlier])
  expect(whole.messages.map(({ id }) => id)).toEqual(['2', '3', '4', '5', '6', '7', '8'])
  expect(whole.earlier).toBe(true)
  expect(whole.submittedBy).toEqual({ 2: 'nina', 4: 'nina' })
  client.clear()
})

it('a conversation that was loaded completely is fetched completely, because older messages can arrive', async () => {
  const asked: unknown[] = []
  const client = new QueryClient()
  const query = conversationQuery('c', (_, { since }) => {
    asked.push(since)
    return Promise.resolve({
      messages: [{ id: 'report' }],
      earlier: false,
      start: 'report',
    } as unknown as ConversationView)
  })

  await client.query(query)
  await client.query({ ...query, staleTime: 0 })

  expect(asked).toEqual([undefined, undefined])
  client.clear()
})
