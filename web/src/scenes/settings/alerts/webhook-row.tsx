import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { showNotice } from '../../../components/show-notice.ts'
import {
  deleteAlertWebhooksIdMutation,
  patchAlertWebhooksIdMutation,
  postAlertWebhooksIdTestMutation,
  type AlertWebhook,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'
import { WebhookCard } from '../webhooks/webhook-card.tsx'

/** A webhook of alerts. */
export function WebhookRow({ webhook }: { webhook: AlertWebhook }) {
  const { webhooks: text } = words.alerts
  const { id, name, state } = webhook
  const path = { id }
  const refresh = useRefresh('alert-settings')
  const [asking, { open, close }] = useDisclosure(false)
  const test = useOnce({
    ...postAlertWebhooksIdTestMutation(),
    onSuccess: async ({ delivered }) => {
      if (delivered) showNotice({ message: words.webhooks.tested(name) })
      await refresh()
    },
  })
  const change = useOnce({ ...patchAlertWebhooksIdMutation(), onSuccess: refresh })
  const remove = useOnce({
    ...deleteAlertWebhooksIdMutation(),
    onSuccess: async () => {
      close()
      await refresh()
    },
  })
  return (
    <WebhookCard
      webhook={webhook}
      trouble={<Trouble webhook={webhook} />}
      test={test}
      onTest={() => test.mutate({ path })}
      error={change.error}
      actions={
        <>
          {state === 'disabled' && (
            <Button
              size="xs"
              aria-label={text.switchOnOf(name)}
              loading={change.isPending}
              onClick={() => change.mutate({ path, body: { state: 'active' } })}
            >
              {text.switchOn}
            </Button>
          )}
          <Button size="xs" variant="default" aria-label={text.removeOf(name)} onClick={open}>
            {words.webhooks.remove}
          </Button>
        </>
      }
    >
      <ConfirmDialog
        opened={asking}
        onClose={close}
        title={words.webhooks.removeTitle(name)}
        removes={text.removeRemoves}
        keeps={text.removeKeeps}
        confirm={words.webhooks.removeButton}
        busy={remove.isPending}
        error={remove.error}
        destructive
        onConfirm={() => remove.mutate({ path })}
      />
    </WebhookCard>
  )
}

function Trouble({ webhook: { disabled, lastFailure } }: { webhook: AlertWebhook }) {
  const failure = disabled ?? lastFailure
  if (!failure) return undefined
  return (
    <Text size="xs">
      {disabled ? words.webhooks.disabled : words.alerts.webhooks.failed} <Time at={failure.at} />
      {failure.reason && `: ${failure.reason.title}. ${failure.reason.fix}`}
    </Text>
  )
}
