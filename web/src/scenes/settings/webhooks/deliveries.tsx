import { Button, Code, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getWebhooksIdDeliveriesDeliveryIdOptions,
  getWebhooksIdDeliveriesOptions,
  postWebhooksIdDeliveriesDeliveryIdReplayMutation,
  type Webhook,
  type WebhookDelivery,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { showNotice } from '../../../components/show-notice.ts'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'

const SHOWN = ['all', 'waiting', 'failed', 'delivered'] as const
type Shown = (typeof SHOWN)[number]

/** Latest deliveries of a webhook, newest first. */
export function Deliveries({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const text = words.webhooks
  const [state, setState] = useState<Shown>('all')
  const { data, error, isPending, refetch } = useQuery(
    getWebhooksIdDeliveriesOptions({
      path: { id: webhook.id },
      query: { limit: 50, ...(state !== 'all' && { state }) },
    }),
  )
  return (
    <Modal opened onClose={onClose} title={text.deliveriesOf(webhook.name)} size="xl">
      <Select
        label={text.shown}
        mb="sm"
        w={200}
        allowDeselect={false}
        data={SHOWN.map((value) => ({ value, label: value === 'all' ? text.all : text.states[value] }))}
        value={state}
        onChange={(value) => value && setState(value)}
      />
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {isPending && <LoadingRows rows={3} height={48} />}
      {data?.deliveries.length === 0 && <Text size="sm">{text.noDeliveries}</Text>}
      <Stack gap="sm">
        {data?.deliveries.map((delivery) => (
          <Delivery key={delivery.id} webhookId={webhook.id} delivery={delivery} />
        ))}
      </Stack>
    </Modal>
  )
}

function Delivery({ webhookId, delivery }: { webhookId: string; delivery: WebhookDelivery }) {
  const text = words.webhooks
  const { id, eventId, kind, state, latencyMs, answer, attemptedAt, createdAt } = delivery
  const path = { id: webhookId, deliveryId: id }
  const [isOpen, setOpen] = useState(false)
  const refresh = useRefresh('webhooks')
  const details = useQuery({ ...getWebhooksIdDeliveriesDeliveryIdOptions({ path }), enabled: isOpen })
  const replay = useOnce({
    ...postWebhooksIdDeliveriesDeliveryIdReplayMutation(),
    onSuccess: async () => {
      showNotice({ message: text.replayed })
      await refresh()
    },
  })
  return (
    <div>
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0, flex: '1 1 14rem' }}>
          <Text size="sm">
            {text.states[state]} · {kind} · {text.event(eventId)}
          </Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            <Time at={attemptedAt ?? createdAt} />
            {latencyMs !== undefined && ` · ${text.latency(latencyMs)}`}
            {answer !== undefined && ` · ${text.answer(answer)}`}
          </Text>
        </div>
        <Group gap="xs">
          <Button
            size="compact-xs"
            variant="default"
            aria-label={text.requestOf(eventId)}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {text.request}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={text.replayOf(eventId)}
            loading={replay.isPending}
            onClick={() => replay.mutate({ path })}
          >
            {text.replay}
          </Button>
        </Group>
      </Group>
      {isOpen && details.data?.request && (
        <Code block mt="xs">
          {JSON.stringify(details.data.request.body, undefined, 2)}
        </Code>
      )}
      {(replay.error ?? details.error) && <ProblemNotice error={replay.error ?? details.error} />}
    </div>
  )
}
