import { Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { deleteSessionsMutation, getSessionsOptions } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { LongList } from '../../components/long-list.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { words } from '../../words/index.ts'
import { SessionRow } from './session-row.tsx'

const ROW_HEIGHT = 76

export function SessionsSection() {
  const { data, error, isPending, refetch } = useQuery(getSessionsOptions())
  const { title, sentence, list, endOthers, othersEnded } = words.account.sessions
  const refresh = useRefresh('sessions')
  const end = useOnce({
    ...deleteSessionsMutation(),
    onSuccess: async ({ ended }) => {
      showNotice({ message: othersEnded(ended) })
      await refresh()
    },
  })
  const hasOthers = data?.sessions.some(({ isCurrent }) => !isCurrent)
  return (
    <Section
      title={title}
      actions={
        hasOthers && (
          <Button size="xs" variant="default" loading={end.isPending} onClick={() => end.mutate({})}>
            {endOthers}
          </Button>
        )
      }
    >
      <Text size="sm" c="dimmed">
        {sentence}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {end.error && <ProblemNotice error={end.error} />}
      {isPending && <LoadingRows rows={2} height={ROW_HEIGHT} />}
      {data && (
        <LongList label={list} items={data.sessions} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(session) => <SessionRow session={session} />}
        </LongList>
      )}
    </Section>
  )
}
