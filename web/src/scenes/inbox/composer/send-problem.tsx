import { Button, Stack, Text } from '@mantine/core'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import type { SendFailure } from './send-failure.ts'
import { Notice } from './notice.tsx'

interface SendProblemProps {
  error: unknown
  fate: SendFailure
  onRetry: () => void
  onKeepAsNew: () => void
}

/** Reason for a failed send. The text is kept, and a retry never sends twice. */
export function SendProblem({ error, fate, onRetry, onKeepAsNew }: SendProblemProps) {
  const { notSent, perhapsSent, earlierSent, sentElsewhere, keeping } = words.composer
  if (fate === 'sent-before' || fate === 'sent-elsewhere') {
    const { title, sentence } = fate === 'sent-before' ? earlierSent : sentElsewhere
    return (
      <Notice color="yellow" title={title}>
        <Stack gap="xs" align="start">
          <Text size="sm">{sentence}</Text>
          <Button size="compact-sm" variant="default" onClick={onKeepAsNew}>
            {keeping.gone.keep}
          </Button>
        </Stack>
      </Notice>
    )
  }
  return (
    <Stack gap={4}>
      <Text size="sm">{fate === 'perhaps-sent' ? perhapsSent : notSent}</Text>
      <ProblemNotice error={error} onRetry={onRetry} />
    </Stack>
  )
}
