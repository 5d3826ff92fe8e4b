import { ActionIcon, Button, Group, Menu, Modal, Paper, Text } from '@mantine/core'
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
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { showNotice } from '../../../components/show-notice.ts'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'
import { Deliveries } from './deliveries.tsx'
import { ShownSecret } from './shown-secret.tsx'

export function EventWebhookRow({ webhook }: { webhook: Webhook }) {
  const text = words.webhooks
  const { id, name, state } = webhook
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
  const refused = test.data?.delivered === false ? test.data : undefined
  const error = test.error ?? rotate.error ?? change.error
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" align="flex-start">
        <Facts webhook={webhook} />
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            aria-label={text.testOf(name)}
            loading={test.isPending}
            onClick={() => test.mutate({ path, body: {} })}
          >
            {text.test}
          </Button>
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
              <Menu.Item
                onClick={() => change.mutate({ path, body: { state: state === 'active' ? 'disabled' : 'active' } })}
              >
                {state === 'active' ? text.disable : text.activate}
              </Menu.Item>
              <Menu.Item color="red" onClick={removal.open}>
                {text.remove}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      {refused && (
        <Text size="sm" role="alert" mt="xs">
          {refused.reason && `${refused.reason.title}. ${refused.reason.fix} `}
          {refused.answer !== undefined && text.answer(refused.answer)}
        </Text>
      )}
      {error && <ProblemNotice error={error} />}
      {rotate.data && (
        <Modal opened onClose={rotate.reset} title={text.rotatedTitle} closeOnClickOutside={false} size="lg" centered>
          <ShownSecret secret={rotate.data.secret} more={text.bothValid} onDone={rotate.reset} />
        </Modal>
      )}
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
    </Paper>
  )
}

function Facts({ webhook }: { webhook: Webhook }) {
  const text = words.webhooks
  const { name, url, kinds, state, reason, lastDeliveredAt, waiting, replay } = webhook
  return (
    <div style={{ minWidth: 0, flex: '1 1 14rem' }}>
      <Text fw={600} size="sm">
        {name}
      </Text>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {url}
      </Text>
      <Text size="xs" c="dimmed">
        {kinds?.join(', ') ?? text.allKinds}
        {' · '}
        {lastDeliveredAt === undefined ? (
          text.never
        ) : (
          <>
            {text.delivered} <Time at={lastDeliveredAt} />
          </>
        )}
        {waiting > 0 && ` · ${text.waiting(waiting)}`}
        {replay && ` · ${text.replaying}`}
      </Text>
      {(state === 'disabled' || reason) && (
        <Text size="xs">
          {state === 'disabled' ? text.disabled : text.failing}
          {reason && `: ${reason.title}. ${reason.fix}`}
        </Text>
      )}
    </div>
  )
}
