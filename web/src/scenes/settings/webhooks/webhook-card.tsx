import { Button, Group, Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { WebhookTestResult } from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'

interface WebhookCardProps {
  webhook: { name: string; url: string; lastDeliveredAt?: string | undefined }
  /** Facts before and after the last delivery, on one line. */
  before?: ReactNode
  after?: ReactNode
  /** Why it fails or is disabled. */
  trouble?: ReactNode
  /** Request that posts a test. */
  test: {
    data?: Pick<WebhookTestResult, 'delivered' | 'reason' | 'answer'> | undefined
    error: unknown
    isPending: boolean
  }
  onTest: () => void
  /** Further buttons. */
  actions: ReactNode
  error?: unknown
  children?: ReactNode
}

/** A webhook of events or of alerts, with its last delivery, the result of a test, and buttons. */
export function WebhookCard({
  webhook,
  before,
  after,
  trouble,
  test,
  onTest,
  actions,
  error,
  children,
}: WebhookCardProps) {
  const text = words.webhooks
  const { name, url, lastDeliveredAt } = webhook
  const refused = test.data?.delivered === false ? test.data : undefined
  const failure = test.error ?? error
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0, flex: '1 1 14rem', overflowWrap: 'anywhere' }}>
          <Text fw={600} size="sm">
            {name}
          </Text>
          <Text size="sm">{url}</Text>
          <Text size="xs" c="dimmed">
            {before}
            {lastDeliveredAt === undefined ? (
              text.never
            ) : (
              <>
                {text.delivered} <Time at={lastDeliveredAt} />
              </>
            )}
            {after}
          </Text>
          {trouble}
        </div>
        <Group gap="xs">
          <Button size="xs" variant="default" aria-label={text.testOf(name)} loading={test.isPending} onClick={onTest}>
            {text.test}
          </Button>
          {actions}
        </Group>
      </Group>
      {refused && (
        <Text size="sm" role="alert" mt="xs" style={{ overflowWrap: 'anywhere' }}>
          {refused.reason && `${refused.reason.title}. ${refused.reason.fix} `}
          {refused.answer !== undefined && text.answer(refused.answer)}
        </Text>
      )}
      {failure != null && <ProblemNotice error={failure} />}
      {children}
    </Paper>
  )
}
