import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { catchUp, conversationListKey, updateConversationLists, type WantedList } from './conversation-lists.ts'
import type { Conversation } from './client.ts'
import type { ListPage } from './list-pages.ts'

const PAGE = 50

function row(n: number, more: Partial<Conversation> = {}): Conversation {
  const listedAt = new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString()
  return { id: `c${String(n).padStart(6, '0')}`, listedAt, subject: `Subject ${n}`, ...more } as Conversation
}

/** A server with rows, latest first, that counts its requests; and a list with some loaded pages. */
async function listWith({
  count,
  pages,
  wanted = { view: 'open' },
}: {
  count: number
  pages: number
  wanted?: WantedList
}) {
  const server = new Map(Array.from({ length: count }, (_, n) => [row(n).id, row(n)]))
  const asked: string[] = []
  const sorted = () => [...server.values()].sort((one, other) => (one.listedAt < other.listedAt ? 1 : -1))
  const answer = (query: { ids?: string; before?: string }): Promise<ListPage> => {
    asked.push(query.ids === undefined ? `before ${query.before ?? 'none'}` : `ids ${query.ids}`)
    if (query.ids !== undefined) {
      const ids = new Set(query.ids.split(','))
      return Promise.resolve({ conversations: sorted().filter(({ id }) => ids.has(id)), names: {} })
    }
    const all = sorted().filter(({ listedAt }) => query.before === undefined || listedAt < query.before)
    const conversations = all.slice(0, PAGE)
    const next = all.length > PAGE ? conversations.at(-1)!.listedAt : undefined
    return Promise.resolve({ conversations, names: {}, ...(next !== undefined && { next }) })
  }
  const queryClient = new QueryClient()
  const observer = new InfiniteQueryObserver(queryClient, {
    queryKey: conversationListKey(wanted),
    queryFn: ({ pageParam }) => answer(pageParam === undefined ? {} : { before: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }: ListPage) => next,
    staleTime: Infinity,
  })
  const stop = observer.subscribe(() => undefined)
  for (let n = 0; n < pages; n++) await observer.fetchNextPage()
  asked.length = 0
  const update = (...ids: string[]) => updateConversationLists(queryClient, new Set(ids), (query) => answer(query))
  const rows = () => observer.getCurrentResult().data!.pages.flatMap(({ conversations }) => conversations)
  return { server, asked, observer, update, rows, sorted, stop, queryClient, answer }
}

it('a new message costs one request with 10,000 rows loaded, and moves its row to the top', async () => {
  const { server, asked, update, rows, sorted } = await listWith({ count: 10_000, pages: 200 })
  expect(rows()).toHaveLength(10_000)
  const moved = row(17, { listedAt: '2027-01-01T00:00:00.000Z', subject: 'Again' })
  server.set(moved.id, moved)

  expect(await update(moved.id)).toBe(true)

  expect(asked).toEqual([`ids ${moved.id}`])
  expect(rows()[0]).toEqual(moved)
  expect(rows().map(({ id }) => id)).toEqual(sorted().map(({ id }) => id))
})

it('adds new rows in their order, and removes those that left the view', async () => {
  const { server, update, rows, sorted } = await listWith({ count: 120, pages: 3 })
  server.delete(row(60).id)
  server.set('new', row(33.5, { id: 'new' }))

  await update('new', row(60).id)

  expect(rows().map(({ id }) => id)).toEqual(sorted().map(({ id }) => id))
})

it('loads each row below the last page once, also after its last row moved up', async () => {
  const { server, update, rows, sorted, observer } = await listWith({ count: 200, pages: 1 })
  const [last, between] = [row(150), row(150.5, { id: 'between' })]
  server.set(last.id, { ...last, listedAt: '2027-01-01T00:00:00.000Z' })
  server.set(between.id, between)
  const below = row(10.5, { id: 'below' })
  server.set(below.id, below)

  await update(last.id, between.id, below.id)
  expect(rows().map(({ id }) => id)).toEqual(
    sorted()
      .slice(0, 51)
      .map(({ id }) => id),
  )

  while (observer.getCurrentResult().hasNextPage) await observer.fetchNextPage()
  expect(rows().map(({ id }) => id)).toEqual(sorted().map(({ id }) => id))
})

it('waits for a page that is being fetched, whose result would hide the change', async () => {
  const { server, update, rows, observer } = await listWith({ count: 200, pages: 1 })
  const moved = row(180, { subject: 'Changed' })
  const fetching = observer.fetchNextPage()
  server.set(moved.id, moved)

  await update(moved.id)
  await fetching

  expect(rows()).toHaveLength(100)
  expect(rows().find(({ id }) => id === moved.id)?.subject).toBe('Changed')
})

it('replaces the rows of a search at their places, and adds new matches after the words are indexed', async () => {
  const wanted = { view: 'all', search: 'kettle' } as const
  const { server, asked, update, rows, queryClient, answer } = await listWith({ count: 200, pages: 2, wanted })
  const before = rows().map(({ id }) => id)
  const changed = row(150, { listedAt: '2027-01-01T00:00:00.000Z', subject: 'Changed' })
  server.set(changed.id, changed)

  expect(await update(changed.id)).toBe(true)
  expect(asked).toEqual([`ids ${changed.id}`])
  expect(rows().map(({ id }) => id)).toEqual(before)
  expect(rows().find(({ id }) => id === changed.id)?.subject).toBe('Changed')

  server.set('new', row(300, { id: 'new' }))
  expect(await update('new')).toBe(false)
  await catchUp(queryClient, (query) => answer(query))
  expect(asked.slice(1)).toEqual(['before none'])
  expect(rows().map(({ id }) => id)).toEqual(['new', ...before])
})

it('asks for the rows of a search with it, which can name Spam or Deleted', async () => {
  const wanted = { view: 'all', search: 'is:spam' } as const
  const { queryClient } = await listWith({ count: 2, pages: 1, wanted })
  const asked: object[] = []
  const fetchRows = (query: object) => {
    asked.push(query)
    return Promise.resolve({ conversations: [row(1)], names: {} })
  }
  expect(await updateConversationLists(queryClient, new Set([row(1).id]), fetchRows)).toBe(true)
  expect(asked).toMatchObject([{ ...wanted, ids: row(1).id }])
})

it('looks for many new rows on the first page only, and says that others can be missing', async () => {
  const { asked, update } = await listWith({ count: 200, pages: 2 })
  const imported = Array.from({ length: 300 }, (_, n) => `new${n}`)

  expect(await update(...imported, row(150).id)).toBe(false)
  expect(asked.sort()).toEqual(['before none', `ids ${row(150).id}`])
})

it('keeps its rows when a request fails, and says so', async () => {
  const { rows, queryClient } = await listWith({ count: 60, pages: 1 })

  const failing = () => Promise.reject(new Error('no answer'))
  expect(await updateConversationLists(queryClient, new Set([row(59).id]), failing)).toBe(false)
  expect(rows()).toHaveLength(50)
})

it('keeps the first page of a list that is not shown, for the next visit', async () => {
  const { asked, update, stop, queryClient } = await listWith({ count: 200, pages: 3 })
  stop()

  await update(row(1).id)

  const [list] = queryClient.getQueryCache().getAll()
  expect([(list!.state.data as { pages: unknown[] }).pages.length, list!.state.isInvalidated, asked]).toEqual([
    ...[1, true, []],
  ])
})
