import { Button, Group, Paper, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { deleteReturnUrlsIdMutation, postReturnUrlsIdSecretMutation, type ReturnUrl } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'
import { RotatedSecret } from '../webhooks/rotated-secret.tsx'

export function ReturnUrlRow({
  returnUrl: { id, url, match, createdAt, previousSecretUntil },
}: {
  returnUrl: ReturnUrl
}) {
  const text = words.returnUrls
  const refresh = useRefresh('return-urls')
  const [removing, removal] = useDisclosure(false)
  const rotate = useOnce({ ...postReturnUrlsIdSecretMutation(), onSuccess: refresh })
  const remove = useOnce({
    ...deleteReturnUrlsIdMutation(),
    onSuccess: async () => {
      removal.close()
      await refresh()
    },
  })
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between">
        <div style={{ minWidth: 0, flex: '1 1 14rem' }}>
          <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
            {url}
          </Text>
          <Text size="xs" c="dimmed">
            {text.matches[match]} · <Time at={createdAt} />
            {previousSecretUntil && (
              <>
                {` · ${text.previousUntil} `}
                <Time at={previousSecretUntil} />
              </>
            )}
          </Text>
        </div>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            aria-label={text.rotateOf(url)}
            loading={rotate.isPending}
            onClick={() => rotate.mutate({ path: { id } })}
          >
            {text.rotate}
          </Button>
          <Button size="xs" variant="default" aria-label={text.removeOf(url)} onClick={removal.open}>
            {text.remove}
          </Button>
        </Group>
      </Group>
      {rotate.error != null && <ProblemNotice error={rotate.error} />}
      {rotate.data && <RotatedSecret secret={rotate.data.secret} more={text.bothSign} onClose={rotate.reset} />}
      <ConfirmDialog
        opened={removing}
        onClose={removal.close}
        title={text.removeTitle(url)}
        removes={text.removes}
        keeps={text.keeps}
        confirm={text.removeButton}
        busy={remove.isPending}
        error={remove.error}
        destructive
        onConfirm={() => remove.mutate({ path: { id } })}
      />
    </Paper>
  )
}
