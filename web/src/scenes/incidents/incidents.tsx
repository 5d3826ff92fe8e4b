import { Button, Center, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getEmailAccountsOptions, getIncidentsInfiniteOptions, getIncidentsOptions } from '../../api/client.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { completeUpTo } from './complete-up-to.ts'
import { IncidentRow } from './incident-row.tsx'
import { AlertsOffNotice } from './alerts-off-notice.tsx'

const ROW_HEIGHT = 108
const PAGE = 50
const text = words.incidents

/** Incidents, one per cause: open ones and closed ones. */
export function Incidents() {
  const open = useQuery(getIncidentsOptions({ query: { state: 'open', limit: 200 } }))
  const incidents = open.data?.incidents
  return (
    <Page title={text.title}>
      <AlertsOffNotice />
      {open.error && <ProblemNotice error={open.error} onRetry={() => void open.refetch()} />}
      {!incidents && !open.error && <LoadingRows rows={2} height={ROW_HEIGHT} />}
      {incidents?.length === 0 && <AllWell />}
      {incidents !== undefined && incidents.length > 0 && (
        <Section title={text.open}>
          <LongList label={text.openList} items={incidents} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
            {(incident) => <IncidentRow incident={incident} />}
          </LongList>
        </Section>
      )}
      {incidents && <Ended someOpen={incidents.length > 0} />}
    </Page>
  )
}

/** The time moves on without an event. */
const TIME_STALE_MS = 30_000

/** Time up to which this is known, because silence proves nothing. */
function AllWell() {
  const accounts = useQuery({ ...getEmailAccountsOptions(), refetchInterval: TIME_STALE_MS }).data?.emailAccounts
  const time = accounts && completeUpTo(accounts)
  return (
    <EmptyState title={text.well.title} sentence={text.well.sentence}>
      {accounts?.length === 0 && <Text size="sm">{text.well.noMailbox}</Text>}
      {time !== undefined && (
        <Text size="sm">
          {text.well.completeUpTo} <Time at={time} />.
        </Text>
      )}
    </EmptyState>
  )
}

function Ended({ someOpen }: { someOpen: boolean }) {
  const closed = useInfiniteQuery({
    ...getIncidentsInfiniteOptions({ query: { state: 'closed', limit: PAGE } }),
    initialPageParam: {},
    getNextPageParam: ({ next }) => next,
  })
  const incidents = closed.data?.pages.flatMap((page) => page.incidents)
  return (
    <Section title={text.closed}>
      {closed.error && <ProblemNotice error={closed.error} onRetry={() => void closed.refetch()} />}
      {!incidents && !closed.error && <LoadingRows rows={2} height={ROW_HEIGHT} />}
      {incidents?.length === 0 && <Text size="sm">{someOpen ? text.noneEnded : text.noneEver}</Text>}
      {incidents !== undefined && incidents.length > 0 && (
        <LongList label={text.closedList} items={incidents} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(incident) => <IncidentRow incident={incident} />}
        </LongList>
      )}
      {closed.hasNextPage && (
        <Center>
          <Button variant="default" loading={closed.isFetchingNextPage} onClick={() => void closed.fetchNextPage()}>
            {text.loadMore}
          </Button>
        </Center>
      )}
    </Section>
  )
}
