import { Button, Center, Text, TextInput } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { getAuditInfiniteOptions } from '../../api/client.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { AuditRow } from './audit-row.tsx'
import { auditSentence } from './audit-sentence.ts'
import { useKnownNames } from './known-names.ts'

const ROW_HEIGHT = 62
const PAGE = 100

/** Audit entries, newest first. */
export function Audit() {
  const entries = useInfiniteQuery({
    ...getAuditInfiniteOptions({ query: { limit: PAGE } }),
    initialPageParam: {},
    getNextPageParam: ({ next }) => next,
  })
  const known = useKnownNames()
  const [filter, setFilter] = useState('')
  const { title, list, empty, noMatch, loadMore, all, filter: filterLabel } = words.audit

  const loaded = entries.data?.pages.flatMap((page) => page.entries) ?? []
  const lines = loaded.map((entry) => ({ entry, sentence: auditSentence(entry, known) }))
  const wanted = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = lines.filter(({ entry, sentence }) => {
    const text = `${sentence} ${entry.action} ${JSON.stringify(entry.detail)}`.toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
  return (
    <Page title={title}>
      {entries.error && <ProblemNotice error={entries.error} onRetry={() => void entries.refetch()} />}
      {entries.isPending && <LoadingRows rows={6} height={ROW_HEIGHT} />}
      {entries.data && loaded.length === 0 && <EmptyState title={empty.title} sentence={empty.sentence} />}
      {loaded.length > 0 && (
        <>
          <TextInput
            type="search"
            aria-label={filterLabel}
            placeholder={filterLabel}
            leftSection={<IconFilter size={16} aria-hidden />}
            value={filter}
            onChange={({ currentTarget }) => setFilter(currentTarget.value)}
            maw={420}
          />
          {shown.length === 0 && <Text role="status">{noMatch}</Text>}
          <LongList label={list} items={shown} keyOf={({ entry }) => entry.id} rowHeight={ROW_HEIGHT}>
            {({ entry, sentence }) => <AuditRow entry={entry} sentence={sentence} />}
          </LongList>
          <Center>
            {entries.hasNextPage ? (
              <Button
                variant="default"
                loading={entries.isFetchingNextPage}
                onClick={() => void entries.fetchNextPage()}
              >
                {loadMore}
              </Button>
            ) : (
              <Text size="sm" c="dimmed">
                {all}
              </Text>
            )}
          </Center>
        </>
      )}
    </Page>
  )
}
