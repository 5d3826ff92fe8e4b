import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { putAlertSettingsMutation, type AlertRelay } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { Facts } from '../../../components/facts.tsx'
import { words } from '../../../words/index.ts'
import { RelayDialog } from './relay-dialog.tsx'
import { RelayTestPart } from './relay-test-part.tsx'

const { relay: text } = words.alerts

/** The relay for alerts, and its test. */
export function RelayPart({ relay }: { relay: AlertRelay | undefined }) {
  const [editing, edit] = useDisclosure(false)
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={3} size="h5">
          {text.title}
        </Title>
        <Group gap="xs">
          <Button size="xs" variant={relay ? 'default' : 'filled'} onClick={edit.open}>
            {relay ? text.change : text.setUp}
          </Button>
          {relay && <Removal />}
        </Group>
      </Group>
      <Text size="sm" c="dimmed">
        {text.sentence}
      </Text>
      {!relay && <Text size="sm">{text.none}</Text>}
      {relay && (
        <>
          <Facts
            facts={[
              [text.host, `${relay.host}:${relay.port}`],
              [text.security, text.securities[relay.security]],
              [text.userName, relay.userName],
              [text.from, relay.from],
            ]}
          />
          <RelayTestPart relay={relay} />
        </>
      )}
      {editing && <RelayDialog relay={relay} onClose={edit.close} />}
    </Stack>
  )
}

function Removal() {
  const [asking, { open, close }] = useDisclosure(false)
  const refresh = useRefresh('alert-settings')
  const remove = useOnce({
    ...putAlertSettingsMutation(),
    onSuccess: async () => {
      close()
      await refresh()
    },
  })
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        {text.remove}
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={close}
        title={text.removeTitle}
        removes={text.removeRemoves}
        keeps={text.removeKeeps}
        confirm={text.removeButton}
        busy={remove.isPending}
        error={remove.error}
        destructive
        onConfirm={() => remove.mutate({ body: { relay: null } })}
      />
    </>
  )
}
