import { Alert, Anchor, Button, Group, Progress, Text, VisuallyHidden } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import {
  getAccountBatchesIdOptions,
  getAccountBatchesIdRowsOptions,
  postAccountBatchesIdCancelMutation,
  postAccountBatchesIdRetryMutation,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { BatchRows } from './batch-rows.tsx'
import { isBusyBatch, progressText } from './progress-text.ts'

const text = words.accountBatches
const REFRESH_MS = 1_500
const ALL_ROWS = 500

/** Progress of a batch, its rows, and what can be done about failed ones. */
export function AccountBatchPage() {
  const { batchId: id } = useParams({ from: '/signed-in/email-accounts/batches/$batchId' })
  const batch = useQuery({
    ...getAccountBatchesIdOptions({ path: { id } }),
    refetchInterval: ({ state }) => (isBusyBatch(state.data) ? REFRESH_MS : false),
  })
  const isRunning = batch.data?.status === 'running'
  const isBusy = isBusyBatch(batch.data)
  const rows = useQuery({
    ...getAccountBatchesIdRowsOptions({ path: { id }, query: { limit: ALL_ROWS } }),
    refetchInterval: isBusy ? REFRESH_MS : false,
  })
  // The latest rows may be older than the end of the batch.
  const { refetch: refetchRows } = rows
  const endedAt = batch.data?.endedAt
  useEffect(() => {
    if (endedAt !== undefined) void refetchRows()
  }, [endedAt, refetchRows])
  const refresh = useRefresh('account-batches')
  const cancel = useMutation({ ...postAccountBatchesIdCancelMutation(), onSuccess: refresh })
  const retry = useMutation({ ...postAccountBatchesIdRetryMutation(), onSuccess: refresh })
  const [isAsking, setIsAsking] = useState(false)
  const counts = batch.data?.counts
  const done = batch.data && batch.data.total - batch.data.counts.waiting - batch.data.counts.checking
  return (
    <Page
      title={text.batchTitle}
      actions={
        <Anchor component={Link} to="/email-accounts/connect-several" size="sm">
          {text.title}
        </Anchor>
      }
    >
      {batch.error && <ProblemNotice error={batch.error} onRetry={() => void batch.refetch()} />}
      {batch.isPending && <LoadingRows height={84} />}
      {batch.data && counts && (
        <Section
          title={text.status[batch.data.status]}
          actions={
            <Text size="sm" c="dimmed">
              {text.begun} <Time at={batch.data.createdAt} />
            </Text>
          }
        >
          <Text>{progressText(batch.data)}</Text>
          {/* The counts change too often to be read out. */}
          <VisuallyHidden role="status">{text.status[batch.data.status]}</VisuallyHidden>
          <Progress value={(100 * done!) / batch.data.total} aria-label={text.batchTitle} />
          {batch.data.pausedUntil !== undefined && (
            <Alert color="yellow">
              {text.paused} <Time at={batch.data.pausedUntil} />.
            </Alert>
          )}
          {isRunning && (
            <Text size="sm" c="dimmed">
              {text.leave}
            </Text>
          )}
          {retry.error && <ProblemNotice error={retry.error} />}
          <Group>
            {counts.failed > 0 && (
              <Button loading={retry.isPending} onClick={() => retry.mutate({ path: { id }, body: {} })}>
                {text.retryAll}
              </Button>
            )}
            {counts.failed + counts.canceled > 0 && (
              <Button component="a" variant="default" href={`/v1/account-batches/${id}/failed.csv`} download>
                {text.download}
              </Button>
            )}
            {isRunning && (
              <Button variant="default" onClick={() => setIsAsking(true)}>
                {text.cancel}
              </Button>
            )}
          </Group>
        </Section>
      )}
      {rows.error && !batch.error && <ProblemNotice error={rows.error} onRetry={() => void rows.refetch()} />}
      {rows.data && (
        <BatchRows
          rows={rows.data.rows}
          isRetrying={retry.isPending}
          onRetry={(line) => retry.mutate({ path: { id }, body: { lines: [line] } })}
        />
      )}
      <ConfirmDialog
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        title={text.cancelTitle}
        sentence={text.cancelSentence}
        confirm={text.cancel}
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate({ path: { id } }, { onSuccess: () => setIsAsking(false) })}
      />
    </Page>
  )
}
