import { Stack, Text } from '@mantine/core'
import { problemOf } from '../../../api/problem.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { Notice } from './notice.tsx'

/** Why it did not go out. What was written is still there, and another try never sends twice. */
export function SendProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { notSent, perhapsSent, earlierSent } = words.composer
  const { code, status } = problemOf(error)
  const isUnclear = status === 0 || status >= 500
  if (code === 'submission.idempotency_key_reused') {
    return (
      <Notice color="yellow" title={earlierSent.title}>
        <Text size="sm">{earlierSent.sentence}</Text>
      </Notice>
    )
  }
  return (
    <Stack gap={4}>
      <Text size="sm">{isUnclear ? perhapsSent : notSent}</Text>
      <ProblemNotice error={error} onRetry={onRetry} />
    </Stack>
  )
}
