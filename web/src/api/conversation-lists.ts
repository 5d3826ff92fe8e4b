/**
 * Lists of conversations. An event updates the rows concerned: loaded pages are not fetched again, however many there
 * are.
 */
import type { Query, QueryClient } from '@tanstack/react-query'
import { getConversations } from './generated/sdk.gen.ts'
import type { GetConversationsData } from './generated/types.gen.ts'
import { patchPages, prependRows, replaceRows, type ListPage, type ListPages } from './list-pages.ts'

/** Maximum number of ids in a request. */
const MOST_IDS = 100
/** A request that takes longer must not hold up later events. */
const LIMIT_MS = 15_000
const ID = 'conversationList'

export type WantedList = Pick<
  NonNullable<GetConversationsData['query']>,
  'view' | 'emailAccountId' | 'tag' | 'search' | 'timeZone'
>
type WantedRows = NonNullable<GetConversationsData['query']>
type ListQuery = Query<ListPages>

/** Without a tag, so that no change of another object fetches the pages again. */
export function conversationListKey(wanted: WantedList) {
  return [{ _id: ID, tags: [] as string[], ...wanted }] as const
}

/**
 * Updates the rows of these conversations in all lists: changes, moves, adds and removes them.
 *
 * @returns false when rows can be missing, for {@link catchUp}: a request failed, there were too many to ask for each, or
 *   a search can match others
 */
export async function updateConversationLists(
  queryClient: QueryClient,
  ids: ReadonlySet<string>,
  fetchRows = getRows,
): Promise<boolean> {
  if (ids.size === 0) return true
  const updated = await Promise.all(
    listsIn(queryClient).map(async (list) => {
      if (list.isActive()) return updateRows(queryClient, list, ids, fetchRows)
      shorten(queryClient, list)
      return true
    }),
  )
  return updated.every(Boolean)
}

/** Fetches all loaded pages again. */
export function refetchConversationLists(queryClient: QueryClient): Promise<void> {
  for (const list of listsIn(queryClient)) if (!list.isActive()) shorten(queryClient, list)
  return queryClient.invalidateQueries({ predicate: isList })
}

/**
 * Completes lists that could not follow the events. Searches fetch their first page, because the words of a message are
 * indexed after its event; the others fetch all loaded pages again.
 */
export async function catchUp(queryClient: QueryClient, fetchRows = getRows): Promise<void> {
  await Promise.all(
    listsIn(queryClient)
      .filter((list) => list.isActive())
      .map(async (list) => {
        const { view, emailAccountId, tag, search, timeZone } = list.queryKey[0] as WantedList
        if (search === undefined) return queryClient.invalidateQueries({ queryKey: list.queryKey, exact: true })
        const answer = await fetchRows({ view, emailAccountId, tag, search, timeZone }).catch(() => undefined)
        await untilIdle(list)
        if (!answer) return
        queryClient.setQueryData<ListPages>(list.queryKey, (pages) => pages && prependRows(pages, answer))
      }),
  )
}

async function getRows(query: WantedRows): Promise<ListPage> {
  return (await getConversations({ query, signal: AbortSignal.timeout(LIMIT_MS), throwOnError: true })).data
}

async function updateRows(
  queryClient: QueryClient,
  list: ListQuery,
  ids: ReadonlySet<string>,
  fetchRows: typeof getRows,
): Promise<boolean> {
  await untilIdle(list)
  // The first fetch failed, and the user is asked to retry.
  if (!list.state.data) return true
  const loaded = new Set(rowsIn(list.state.data).map(({ id }) => id))
  const { view, emailAccountId, tag, search } = list.queryKey[0] as WantedList
  const known = [...ids].filter((id) => loaded.has(id))
  const isSearch = search !== undefined
  const isAll = !isSearch && ids.size <= MOST_IDS
  const asked = isAll ? [...ids] : known
  const isComplete = isAll || known.length === ids.size
  try {
    const answers = await Promise.all([
      // With the search: one that names Spam or Deleted has rows outside the inbox.
      ...chunksOf(asked, MOST_IDS).map((chunk) => fetchRows({ view, emailAccountId, tag, search, ids: chunk.join() })),
      // The newest of too many rows are on the first page.
      ...(isComplete || isSearch ? [] : [fetchRows({ view, emailAccountId, tag })]),
    ])
    // A page that arrives later would replace the rows with older ones.
    await untilIdle(list)
    const put = isSearch ? replaceRows : patchPages
    queryClient.setQueryData<ListPages>(list.queryKey, (pages) => pages && put(pages, new Set(asked), answers))
  } catch {
    return false
  }
  return isComplete
}

async function untilIdle(list: ListQuery): Promise<void> {
  while (list.state.fetchStatus === 'fetching' && list.promise) await list.promise.catch(() => undefined)
}

/** A list that is not shown keeps its first page, which is fetched again when the list is shown. */
function shorten(queryClient: QueryClient, list: ListQuery): void {
  queryClient.setQueryData<ListPages>(
    list.queryKey,
    (pages) => pages && { pages: pages.pages.slice(0, 1), pageParams: pages.pageParams.slice(0, 1) },
  )
  void queryClient.invalidateQueries({ queryKey: list.queryKey, exact: true, refetchType: 'none' })
}

function listsIn(queryClient: QueryClient): ListQuery[] {
  return queryClient.getQueryCache().findAll({ predicate: isList }) as unknown as ListQuery[]
}

function isList({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return (queryKey[0] as { _id?: string } | undefined)?._id === ID
}

function rowsIn(pages: ListPages | undefined) {
  return pages?.pages.flatMap(({ conversations }) => conversations) ?? []
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size))
}
