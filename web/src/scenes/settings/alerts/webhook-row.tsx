import { Button, Group, Paper, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { showNotice } from '../../../components/show-notice.ts'
import {
  deleteAlertWebhooksIdMutation,
  postAlertWebhooksIdTestMutation,
  type AlertWebhook,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'

const { webhooks: text, test: testText } = words.alerts

export function WebhookRow({ webhook: { id, name, url, lastDeliveredAt, lastFailure } }: { webhook: AlertWebhook }) {
  const path = { id }
  const refresh = useRefresh('alert-settings')
  const [asking, { open, close }] = useDisclosure(false)
  const test = useOnce({
    ...postAlertWebhooksIdTestMutation(),
    onSuccess: async ({ delivered }) => {
      if (delivered) showNotice({ message: text.tested(name) })
      await refresh()
    },
  })
  const remove = useOnce({
    ...deleteAlertWebhooksIdMutation(),
    onSuccess: async () => {
      close()
      await refresh()
    },
  })
  const refused = test.data?.delivered === false ? test.data : undefined
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0, flex: '1 1 14rem' }}>
          <Text fw={600} size="sm">
            {name}
          </Text>
          <Text size="sm">{url}</Text>
          <Text size="xs" c="dimmed">
            {lastDeliveredAt === undefined ? (
              text.never
            ) : (
              <>
                {text.delivered} <Time at={lastDeliveredAt} />
              </>
            )}
            {lastFailure && (
              <>
                {' · '}
                {text.failed} <Time at={lastFailure.at} />: {lastFailure.reason.title}. {lastFailure.reason.fix}
              </>
            )}
          </Text>
        </div>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            aria-label={text.test(name)}
            loading={test.isPending}
            onClick={() => test.mutate({ path })}
          >
            {text.testButton}
          </Button>
          <Button size="xs" variant="default" aria-label={text.removeOf(name)} onClick={open}>
            {text.remove}
          </Button>
        </Group>
      </Group>
      {refused && (
        <Text size="sm" role="alert" mt="xs">
          {refused.reason && `${refused.reason.title}. ${refused.reason.fix} `}
          {refused.answer !== undefined && testText.answer(refused.answer)}
        </Text>
      )}
      {test.error && <ProblemNotice error={test.error} />}
      <ConfirmDialog
        opened={asking}
        onClose={close}
        title={text.removeTitle(name)}
        removes={text.removeRemoves}
        keeps={text.removeKeeps}
        confirm={text.removeButton}
        busy={remove.isPending}
        error={remove.error}
        destructive
        onConfirm={() => remove.mutate({ path })}
      />
    </Paper>
  )
}
