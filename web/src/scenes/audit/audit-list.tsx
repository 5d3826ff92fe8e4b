import { Button } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getAuditInfiniteOptions, type AuditEntry, type GetAuditData } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { AuditRow } from './audit-row.tsx'
import { auditSentence } from './audit-sentence.ts'
import { useKnownNames } from './known-names.ts'

const ROW_HEIGHT = 62

interface Line {
  entry: AuditEntry
  sentence: string
}

/** Audit entries with their sentences, newest first; older ones on request. */
export function useAuditLines(query: NonNullable<GetAuditData['query']>) {
  const entries = useInfiniteQuery({
    ...getAuditInfiniteOptions({ query }),
    initialPageParam: {},
    getNextPageParam: ({ next }) => next,
    // Another object doesn't show the entries of the one before.
    placeholderData: (previous) => (query.subject === undefined ? keepPreviousData(previous) : undefined),
  })
  const known = useKnownNames()
  const loaded = entries.data?.pages.flatMap((page) => page.entries)
  return { entries, lines: loaded?.map((entry): Line => ({ entry, sentence: auditSentence(entry, known) })) }
}

type Entries = ReturnType<typeof useAuditLines>['entries']

/** The problem or the loading state of entries. */
export function AuditState({ entries, rows }: { entries: Entries; rows: number }) {
  return (
    <>
      {entries.error && <ProblemNotice error={entries.error} onRetry={() => void entries.refetch()} />}
      {entries.isPending && <LoadingRows rows={rows} height={ROW_HEIGHT} />}
    </>
  )
}

export function AuditList({ lines }: { lines: readonly Line[] }) {
  return (
    <LongList label={words.audit.list} items={lines} keyOf={({ entry }) => entry.id} rowHeight={ROW_HEIGHT}>
      {({ entry, sentence }) => <AuditRow entry={entry} sentence={sentence} />}
    </LongList>
  )
}

export function OlderButton({ entries, label = words.audit.loadMore }: { entries: Entries; label?: string }) {
  return (
    <Button variant="default" loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
      {label}
    </Button>
  )
}
