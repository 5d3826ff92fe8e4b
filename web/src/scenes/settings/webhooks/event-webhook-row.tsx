import { ActionIcon, Button, Menu, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDots } from '@tabler/icons-react'
import {
  deleteWebhooksIdMutation,
  patchWebhooksIdMutation,
  postWebhooksIdSecretMutation,
  postWebhooksIdTestMutation,
  type Webhook,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { showNotice } from '../../../components/show-notice.ts'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'
import { Deliveries } from './deliveries.tsx'
import { Resume } from './resume.tsx'
import { RotatedSecret } from './rotated-secret.tsx'
import { WebhookCard } from './webhook-card.tsx'

export function EventWebhookRow({ webhook }: { webhook: Webhook }) {
  const text = words.webhooks
  const { id, name, state, ownerName, kinds } = webhook
  const path = { id }
  const refresh = useRefresh('webhooks')
  const [removing, removal] = useDisclosure(false)
  const [showing, deliveries] = useDisclosure(false)
  const test = useOnce({
    ...postWebhooksIdTestMutation(),
    onSuccess: ({ delivered }) => {
      if (delivered) showNotice({ message: text.tested(name) })
    },
  })
  const rotate = useOnce({ ...postWebhooksIdSecretMutation(), onSuccess: refresh })
  const change = useOnce({ ...patchWebhooksIdMutation(), onSuccess: refresh })
  const remove = useOnce({
    ...deleteWebhooksIdMutation(),
    onSuccess: async () => {
      removal.close()
      await refresh()
    },
  })
  return (
    <WebhookCard
      webhook={webhook}
      before={`${kinds?.join(', ') ?? text.allKinds} · ${ownerName === undefined ? '' : `${text.owner(ownerName)} · `}`}
      after={<Counts webhook={webhook} />}
      trouble={<Trouble webhook={webhook} />}
      test={test}
      onTest={() => test.mutate({ path, body: {} })}
      error={rotate.error ?? change.error}
      actions={
        <>
          <Button size="xs" variant="default" aria-label={text.deliveriesOf(name)} onClick={deliveries.open}>
            {text.deliveries}
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="default" size={30} aria-label={text.more(name)}>
                <IconDots size={16} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => rotate.mutate({ path })}>{text.rotate}</Menu.Item>
              {state === 'active' && (
                <Menu.Item onClick={() => change.mutate({ path, body: { state: 'disabled' } })}>
                  {text.disable}
                </Menu.Item>
              )}
              <Menu.Item color="red" onClick={removal.open}>
                {text.remove}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
    >
      {state === 'disabled' && (
        <Resume
          webhook={webhook}
          isPending={change.isPending}
          onResume={(backlog) => change.mutate({ path, body: { state: 'active', backlog } })}
        />
      )}
      {rotate.data && <RotatedSecret secret={rotate.data.secret} more={text.bothValid} onClose={rotate.reset} />}
      {showing && <Deliveries webhook={webhook} onClose={deliveries.close} />}
      <ConfirmDialog
        opened={removing}
        onClose={removal.close}
        title={text.removeTitle(name)}
        removes={text.removes}
        keeps={text.keeps}
        confirm={text.removeButton}
        busy={remove.isPending}
        error={remove.error}
        destructive
        onConfirm={() => remove.mutate({ path })}
      />
    </WebhookCard>
  )
}

function Counts({ webhook: { waiting, failing, failed, replay } }: { webhook: Webhook }) {
  const text = words.webhooks
  return (
    <>
      {failing && (
        <>
          {` · ${text.failingDeliveries(failing.deliveries)} `}
          <Time at={failing.since} />
        </>
      )}
      {waiting > 0 && ` · ${text.waiting(waiting)}`}
      {failed > 0 && ` · ${text.givenUp(failed)}`}
      {replay && ` · ${text.replaying}`}
    </>
  )
}

function Trouble({ webhook: { state, reason } }: { webhook: Webhook }) {
  const text = words.webhooks
  if (state === 'active' && !reason) return undefined
  return (
    <Text size="xs">
      {state === 'disabled' ? text.disabled : text.failing}
      {reason && `: ${reason.title}. ${reason.fix}`}
    </Text>
  )
}
