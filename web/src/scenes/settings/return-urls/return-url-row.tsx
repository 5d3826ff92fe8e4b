import { Button, Group, Paper, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { deleteReturnUrlsIdMutation, type ReturnUrl } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { Time } from '../../../components/time.tsx'
import { words } from '../../../words/index.ts'

export function ReturnUrlRow({ returnUrl: { id, url, match, createdAt } }: { returnUrl: ReturnUrl }) {
  const text = words.returnUrls
  const refresh = useRefresh('return-urls')
  const [removing, removal] = useDisclosure(false)
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
          </Text>
        </div>
        <Button size="xs" variant="default" aria-label={text.removeOf(url)} onClick={removal.open}>
          {text.remove}
        </Button>
      </Group>
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
