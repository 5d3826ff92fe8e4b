import { Button, Group } from '@mantine/core'
import type { Webhook } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'

type Backlog = 'deliver' | 'skip'

interface ResumeProps {
  webhook: Webhook
  isPending: boolean
  onResume: (backlog: Backlog) => void
}

/** Activates a disabled webhook, with or without what has come meanwhile. The admin becomes its owner. */
export function Resume({ webhook: { name, reason }, isPending, onResume }: ResumeProps) {
  const text = words.webhooks
  const isOrphan = reason?.code === 'webhooks.owner_ended' || reason?.code === 'webhooks.key_ended'
  const deliver = isOrphan ? text.takeOver : text.deliverWaiting
  return (
    <Group gap="xs" mt="xs" role="group" aria-label={text.resumeOf(name)}>
      <Button size="xs" loading={isPending} onClick={() => onResume('deliver')}>
        {deliver}
      </Button>
      <Button size="xs" variant="default" disabled={isPending} onClick={() => onResume('skip')}>
        {text.fromNow}
      </Button>
    </Group>
  )
}
