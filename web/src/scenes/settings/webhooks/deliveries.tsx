import { Button, Center, Code, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getWebhooksIdDeliveriesDeliveryIdOptions,
  getWebhooksIdDeliveriesInfiniteOptions,
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

const PAGE = 50

/** Latest deliveries of a webhook, newest first. */
export function Deliveries({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const text = words.webhooks
  const [state, setState] = useState<Shown>('all')
  const listed = useInfiniteQuery({
    ...getWebhooksIdDeliveriesInfiniteOptions({
      path: { id: webhook.id },
      query: { limit: PAGE, ...(state !== 'all' && { state }) },
    }),
    initialPageParam: { path: { id: webhook.id } },
    getNextPageParam: ({ next }) => next,
    // Deliveries cause no event that would refresh them: a list opened again is read again.
    gcTime: 0,
  })
  const deliveries = listed.data?.pages.flatMap((page) => page.deliveries)
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
      {listed.error && <ProblemNotice error={listed.error} onRetry={() => void listed.refetch()} />}
      {listed.isPending && <LoadingRows rows={3} height={48} />}
      {deliveries?.length === 0 && <Text size="sm">{text.noDeliveries}</Text>}
      <Stack gap="sm">
        {deliveries?.map((delivery) => (
          <Delivery key={delivery.id} webhookId={webhook.id} delivery={delivery} />
        ))}
      </Stack>
      {listed.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={listed.isFetchingNextPage} onClick={() => void listed.fetchNextPage()}>
            {text.loadMore}
          </Button>
        </Center>
      )}
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
  const isDeleted = details.data !== undefined && !details.data.request
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
            loading={isOpen && details.isLoading}
            onClick={() => setOpen(!isOpen)}
          >
            {text.request}
          </Button>
          {!isDeleted && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={text.replayOf(eventId)}
              loading={replay.isPending}
              onClick={() => replay.mutate({ path })}
            >
              {text.replay}
            </Button>
          )}
        </Group>
      </Group>
      {isOpen && details.data?.request && (
        <Code block mt="xs">
          {JSON.stringify(details.data.request.body, undefined, 2)}
        </Code>
      )}
      {isOpen && isDeleted && (
        <Text size="sm" mt="xs">
          {text.eventDeleted}
        </Text>
      )}
      {(replay.error ?? details.error) && <ProblemNotice error={replay.error ?? details.error} />}
    </div>
  )
}
