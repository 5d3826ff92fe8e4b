import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getWebhooksOptions } from '../../../api/client.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { LongList } from '../../../components/long-list.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Section } from '../../../components/section.tsx'
import { words } from '../../../words/index.ts'
import { EventWebhookRow } from './event-webhook-row.tsx'
import { NewEventWebhook } from './new-event-webhook.tsx'

const ROW_HEIGHT = 84

/** Webhooks that receive events. */
export function EventWebhooks() {
  const { data, error, isPending, refetch } = useQuery(getWebhooksOptions())
  const [adding, { open, close }] = useDisclosure(false)
  const { title, sentence, add, empty, list } = words.webhooks
  return (
    <Section
      title={title}
      actions={
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
          {add}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {sentence}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {isPending && <LoadingRows rows={1} height={ROW_HEIGHT} />}
      {data?.webhooks.length === 0 && <Text size="sm">{empty}</Text>}
      {data && data.webhooks.length > 0 && (
        <LongList label={list} items={data.webhooks} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(webhook) => <EventWebhookRow webhook={webhook} />}
        </LongList>
      )}
      {adding && <NewEventWebhook onClose={close} />}
    </Section>
  )
}
