import { Anchor, Group } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { EmailAccount } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { DayStrip, Legend } from './day-strip.tsx'
import { useHealth } from './use-health.ts'

/** Summary of today, with a link to the whole day. */
export function TodaySection({ account: { id } }: { account: EmailAccount }) {
  const { data, error, refetch } = useHealth(id, undefined)
  const { todayTitle, open } = words.health
  return (
    <Section
      title={todayTitle}
      actions={
        <Anchor component={Link} to={`/email-accounts/${id}/health`} size="sm">
          {open}
        </Anchor>
      }
    >
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={1} height={130} />}
      {data && (
        <>
          <DayStrip health={data} />
          <Group>
            <Legend health={data} />
          </Group>
        </>
      )}
    </Section>
  )
}
