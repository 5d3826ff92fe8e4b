import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getAccountBatchesOptions } from '../../api/client.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { progressText } from './progress-text.ts'

const text = words.accountBatches
const MOST = 10

/** The latest batches, so that one is found again after its page was left. */
export function RecentBatches() {
  const batches = useQuery(getAccountBatchesOptions({ query: { limit: MOST } }))
  if (batches.error) return <ProblemNotice error={batches.error} onRetry={() => void batches.refetch()} />
  if (!batches.data || batches.data.batches.length === 0) return null
  return (
    <Section title={text.recent}>
      {batches.data.batches.map((batch) => (
        <Group key={batch.id} gap="sm">
          <Anchor component={Link} to={`/email-accounts/batches/${batch.id}`} size="sm">
            {text.status[batch.status]}: {progressText(batch)}
          </Anchor>
          <Text size="sm" c="dimmed">
            <Time at={batch.createdAt} />
          </Text>
        </Group>
      ))}
    </Section>
  )
}
