import { Button, Center, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getAuditInfiniteOptions } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { AuditRow } from '../audit/audit-row.tsx'
import { auditSentence } from '../audit/audit-sentence.ts'
import { useKnownNames } from '../audit/known-names.ts'

const ROW_HEIGHT = 62
const PAGE = 50

/** Audit entries of a Cloud Provider, newest first. */
export function ProviderActivity({ id }: { id: string }) {
  const entries = useInfiniteQuery({
    ...getAuditInfiniteOptions({ query: { subject: id, limit: PAGE } }),
    initialPageParam: {},
    getNextPageParam: ({ next }) => next,
  })
  const known = useKnownNames()
  const { list, loadMore } = words.audit
  const { activity } = words.cloudProviders
  const loaded = entries.data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <Section title={activity.title}>
      <Text size="sm" c="dimmed">
        {activity.sentence}
      </Text>
      {entries.error && <ProblemNotice error={entries.error} onRetry={() => void entries.refetch()} />}
      {entries.isPending && <LoadingRows rows={3} height={ROW_HEIGHT} />}
      {entries.data && loaded.length === 0 && <Text size="sm">{activity.none}</Text>}
      {loaded.length > 0 && (
        <LongList label={list} items={loaded} keyOf={({ id: entryId }) => entryId} rowHeight={ROW_HEIGHT}>
          {(entry) => <AuditRow entry={entry} sentence={auditSentence(entry, known)} />}
        </LongList>
      )}
      {entries.hasNextPage && (
        <Center>
          <Button variant="default" loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
            {loadMore}
          </Button>
        </Center>
      )}
    </Section>
  )
}
