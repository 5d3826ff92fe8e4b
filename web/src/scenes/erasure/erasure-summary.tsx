import { Alert, Anchor, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconLoader } from '@tabler/icons-react'
import type { Erasure } from '../../api/client.ts'
import { SignBadge } from '../../components/sign-badge.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { figure, mailLine, remainingIn, sumOf } from './erasure-lines.ts'

/** State and counts of an erasure, and its report. */
export function ErasureSummary({ erasure }: { erasure: Erasure }) {
  const text = words.erasure
  const sum = sumOf(erasure.accounts)
  const remaining = remainingIn(erasure)
  const isRunning = erasure.endedAt === undefined
  const { failure } = erasure
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <SignBadge color={isRunning ? 'blue' : 'green'} Sign={isRunning ? IconLoader : IconCheck}>
          {isRunning ? text.state.running : text.state.completed}
        </SignBadge>
        <Text size="sm">
          <Time at={erasure.endedAt ?? erasure.startedAt} />
        </Text>
        <Anchor size="sm" href={`/v1/erasures/${erasure.id}/report.txt`} download>
          {text.download}
        </Anchor>
      </Group>
      {failure && (
        <Alert color="red" icon={<IconAlertTriangle size={18} />} title={text.failed(failure.title)}>
          {failure.fix}
        </Alert>
      )}
      <Text size="sm">{text.of(...mailLine(sum))}</Text>
      {sum.onLegalHold > 0 && <Text size="sm">{text.keeps.onLegalHold(sum.onLegalHold, figure(sum.onLegalHold))}</Text>}
      {sum.inUse > 0 && <Text size="sm">{text.keeps.inUse(sum.inUse, figure(sum.inUse))}</Text>}
      {remaining > 0 && <Text size="sm">{text.remains(figure(remaining))}</Text>}
    </Stack>
  )
}
