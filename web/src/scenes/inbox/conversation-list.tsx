import { Box, Button, Center, Loader, Text, VisuallyHidden } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Conversation } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { useSelection } from './bulk/use-selection.ts'
import { ConversationRow } from './conversation-row.tsx'
import { useDensity } from './density.ts'
import classes from './inbox.module.css'
import { CustomerPanel, History } from './details.tsx'
import type { InboxSearch } from './inbox-search.ts'
import { lazyForm } from './lazy-form.ts'
import { lazyPart, LoadProblem } from './lazy-part.tsx'
import { ListHead } from './list-head.tsx'
import { ListNotices } from './list-notices.tsx'
import { displayName, firstName } from './display-names.ts'
import { nameOfProgram } from './program-names.ts'
import rowClasses from './rows.module.css'
import { useTags } from './tags/use-tags.ts'
import { useAccounts, useConversations } from './use-conversations.ts'
import { wantedList } from './wanted-list.ts'
import { useCursorRow } from './use-cursor-row.ts'
import { useKeptRow } from './use-kept-row.ts'
import { useListCursor } from './use-list-cursor.ts'
import { usePrefetch } from './use-prefetch.ts'
import { useStayingRow } from './use-staying-row.ts'
import { useRowCommands } from './use-row-commands.ts'
import { useNews, useSteadyScroll } from './use-steady-list.ts'

/** Up to this number, every row is rendered, so that the browser's own search finds all. */
const ALL_DRAWN = 200
const ROWS_AROUND = 10
const NO_ROWS: readonly Conversation[] = []

const EmptyList = lazyPart(
  'empty list',
  async () => ({ Part: (await import('./empty-list.tsx')).EmptyList }),
  (problem) => problem && <Box p="sm">{problem}</Box>,
)
const selectionBar = lazyForm('selection bar', () => import('./bulk/selection-bar.tsx'))
/** Loaded after the first rows, so that each is there when it is first needed, even without a network. */
const PARTS = [EmptyList.code, History.code, CustomerPanel.code]

interface ConversationListProps {
  search: InboxSearch
  selected: string | undefined
  onAssign: (conversation: Conversation) => void
  onSnooze: (conversation: Conversation) => void
  onTag: (conversation: Conversation) => void
  onMove: (conversation: Conversation) => void
}

/** The left pane. It updates itself: new rows appear, and the scroll position stays. */
export function ConversationList({ search, selected, onAssign, onSnooze, onTag, onMove }: ConversationListProps) {
  const me = useMe()
  const { density, rowHeight } = useDensity()
  const accounts = useAccounts()
  const {
    rows: found,
    names,
    pattern,
    problems,
    excerpts,
    error,
    refetch,
    hasNextPage,
    isFetchingNextPage,
    fetchNextPage,
  } = useConversations(search)
  const { cursor, move, onPointerDown } = useCursorRow()
  const settled = useStayingRow(found, search.view === 'mentions' ? selected : undefined)
  const { rows, names: namesOfKept } = useKeptRow(settled, selected === undefined ? cursor : undefined)
  const keys = useMemo(() => new Map(accounts.map(({ id, key }) => [id, key])), [accounts])
  const accountNames = useMemo(() => new Map(accounts.map((account) => [account.id, displayName(account)])), [accounts])
  const scroller = useRef<HTMLDivElement>(null)
  const count = rows?.length ?? 0
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows![index]!.id,
    overscan: count <= ALL_DRAWN ? count : ROWS_AROUND,
  })
  const onFocus = useListCursor({
    ...{ rows: rows ?? NO_ROWS, selected, list: scroller },
    reveal: virtualizer.scrollToIndex,
    onMove: move,
  })
  useSteadyScroll(scroller, rows, rowHeight)
  useEffect(() => virtualizer.measure(), [virtualizer, rowHeight])
  const prefetch = usePrefetch()
  useRowCommands(rows ?? NO_ROWS, selected, { onAssign, onSnooze, onTag, onMove })
  const { byId: tags } = useTags()
  const { selection, select, selectView, clear } = useSelection(rows ?? NO_ROWS, scroller)
  const isSelecting = selection.ids.size > 0
  // After the first rows, and before the first selection: its keys must find it.
  const bar = useQuery(selectionBar)
  const queryClient = useQueryClient()
  useEffect(() => {
    for (const part of PARTS) void queryClient.query<unknown>(part).catch(() => undefined)
  }, [queryClient])
  const { news, forget } = useNews(found, selected)
  const [scrolled, setScrolled] = useState(false)

  const nameOf = (id: string) => names.get(id) ?? namesOfKept[id]
  const nameOfAssignee = (id: string) => nameOf(id) ?? words.inbox.formerMember
  const nameOfAuthor = (id: string) => {
    if (id === me.id) return words.inbox.you
    const name = nameOf(id)
    return nameOfProgram(id) ?? (name === undefined ? words.inbox.formerMember : firstName(name))
  }
  const drawn = virtualizer.getVirtualItems()
  const atEnd = (drawn.at(-1)?.index ?? -1) >= count - 1
  const visibleEnd = (virtualizer.range?.endIndex ?? 0) >= count - ROWS_AROUND
  useEffect(() => {
    if (atEnd && visibleEnd && hasNextPage && !isFetchingNextPage && !error) void fetchNextPage()
  }, [atEnd, visibleEnd, hasNextPage, isFetchingNextPage, fetchNextPage, error])

  const head = (
    <ListHead
      search={search}
      accounts={accounts}
      found={found && { count: found.length, more: hasNextPage }}
      problems={problems}
    />
  )
  return (
    <section className={classes.list} aria-label={words.inbox.list}>
      {isSelecting && bar.data ? (
        <bar.data.SelectionBar
          selection={selection}
          rows={rows ?? NO_ROWS}
          view={wantedList(search)}
          onSelectView={selectView}
          onClear={clear}
        />
      ) : (
        head
      )}
      {isSelecting && !bar.data && bar.error && (
        <Box p="sm">
          <LoadProblem error={bar.error} />
        </Box>
      )}
      <ListNotices />
      <VisuallyHidden role="status">{news > 0 && words.inbox.news(news)}</VisuallyHidden>
      <div
        ref={scroller}
        className={classes.scroller}
        onPointerDown={onPointerDown}
        onScroll={({ currentTarget }) => {
          setScrolled(currentTarget.scrollTop > rowHeight)
          if (currentTarget.scrollTop === 0) forget()
        }}
      >
        {news > 0 && scrolled && (
          <div className={rowClasses.news}>
            <Button size="compact-sm" onClick={() => scroller.current?.scrollTo({ top: 0 })}>
              {words.inbox.news(news)}
            </Button>
          </div>
        )}
        {error && (
          <Box p="sm">
            <ProblemNotice error={error} onRetry={() => void refetch()} />
          </Box>
        )}
        {!rows && !error && (
          <Box p="sm">
            <LoadingRows rows={8} height={rowHeight - 12} />
          </Box>
        )}
        {rows?.length === 0 && !hasNextPage && !error && (
          <EmptyList search={search} role={me.role} accounts={accounts} />
        )}
        <ul
          className={rowClasses.rows}
          data-density={density}
          aria-label={words.inbox.list}
          style={{ height: virtualizer.getTotalSize() }}
          hidden={count === 0}
          {...prefetch}
        >
          {drawn.map(({ index, key, start }) => {
            const conversation = rows![index]!
            const { id, emailAccountId, assigneeId, lastMessageAt, listedAt } = conversation
            const { lastAuthorId, draftAuthorIds = [] } = conversation
            // An own draft before those of colleagues.
            const draftAuthorId = draftAuthorIds.find((each) => each === me.id) ?? draftAuthorIds[0]
            return (
              <li
                key={key}
                className={rowClasses.place}
                style={{ height: rowHeight, transform: `translateY(${start}px)` }}
                aria-setsize={hasNextPage ? -1 : count}
                aria-posinset={index + 1}
              >
                <ConversationRow
                  conversation={conversation}
                  at={search.view === 'sent' ? listedAt : lastMessageAt}
                  accountKey={keys.get(emailAccountId)}
                  showsKey={accounts.length > 1 && search.account === undefined}
                  accountName={accountNames.get(emailAccountId)}
                  assignee={assigneeId === undefined ? undefined : nameOfAssignee(assigneeId)}
                  sentBy={lastAuthorId === undefined ? undefined : nameOfAuthor(lastAuthorId)}
                  draftBy={draftAuthorId === undefined ? undefined : nameOfAuthor(draftAuthorId)}
                  isOwnDraft={draftAuthorId === me.id}
                  tags={tags}
                  current={id === selected}
                  excerpt={excerpts.get(id)}
                  pattern={pattern}
                  onFocus={onFocus}
                  onAssign={onAssign}
                  onSnooze={onSnooze}
                  isSelected={selection.isWholeView || selection.ids.has(id)}
                  isSelecting={isSelecting}
                  onSelect={select}
                />
              </li>
            )
          })}
        </ul>
        {(isFetchingNextPage || (rows?.length === 0 && hasNextPage && !error)) && (
          <Center p="sm">
            <Loader size="sm" aria-label={words.loading} />
          </Center>
        )}
        {rows && count > 0 && !hasNextPage && (
          <Text size="xs" c="dimmed" ta="center" p="sm">
            {words.inbox.thatIsAll}
          </Text>
        )}
      </div>
    </section>
  )
}
