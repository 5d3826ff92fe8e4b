import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import type { AlertWebhook } from '../../../api/client.ts'
import { LongList } from '../../../components/long-list.tsx'
import { words } from '../../../words/index.ts'
import { NewWebhook } from './new-webhook.tsx'
import { WebhookRow } from './webhook-row.tsx'

const { webhooks: text } = words.alerts
const ROW_HEIGHT = 84

export function WebhooksPart({ webhooks }: { webhooks: readonly AlertWebhook[] }) {
  const [adding, add] = useDisclosure(false)
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={3} size="h5">
          {text.title}
        </Title>
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={add.open}>
          {text.add}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {text.sentence}
      </Text>
      {webhooks.length === 0 && <Text size="sm">{text.none}</Text>}
      {webhooks.length > 0 && (
        <LongList label={text.list} items={webhooks} keyOf={({ id }) => id} rowHeight={ROW_HEIGHT}>
          {(webhook) => <WebhookRow webhook={webhook} />}
        </LongList>
      )}
      {adding && <NewWebhook onClose={add.close} />}
    </Stack>
  )
}
