import { Button, Group, Paper, Text } from '@mantine/core'
import { useState } from 'react'
import { deleteAccountPasskeysIdMutation, patchAccountPasskeysIdMutation, type Passkey } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { NamingDialog } from '../../components/naming-dialog.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { PASSKEY_NAME } from './passkey-name.ts'

export function PasskeyRow({ passkey }: { passkey: Passkey }) {
  const { name, isSynced, createdAt, lastUsedAt } = passkey
  const [dialog, show] = useState<'rename' | 'remove'>()
  const text = words.factors.passkeys
  const close = () => show(undefined)
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" wrap="nowrap">
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Text fw={600} size="sm">
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {text.createdAt} <Time at={createdAt} /> ·{' '}
            {lastUsedAt ? (
              <>
                {text.lastUsed} <Time at={lastUsedAt} />
              </>
            ) : (
              text.neverUsed
            )}
            {isSynced && ` · ${text.synced}`}
          </Text>
        </div>
        <Group gap="xs" style={{ flex: 'none' }}>
          <Button size="xs" variant="default" aria-label={text.renameOf(name)} onClick={() => show('rename')}>
            {text.rename}
          </Button>
          <Button size="xs" variant="default" aria-label={text.removeOf(name)} onClick={() => show('remove')}>
            {text.remove}
          </Button>
        </Group>
      </Group>
      {dialog === 'rename' && <RenameDialog passkey={passkey} onClose={close} />}
      <RemovePasskeyDialog passkey={passkey} opened={dialog === 'remove'} onClose={close} />
    </Paper>
  )
}

function RenameDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const text = words.factors.passkeys
  const refresh = useRefresh('account')
  const rename = useOnce({
    ...patchAccountPasskeysIdMutation(),
    onSuccess: async () => {
      onClose()
      await refresh()
    },
  })
  return (
    <NamingDialog
      {...PASSKEY_NAME}
      title={text.renameTitle(passkey.name)}
      initial={passkey.name}
      submit={text.save}
      busy={rename.isPending}
      problem={rename.error && <ProblemNotice error={rename.error} />}
      onSubmit={(name) => rename.mutate({ path: { id: passkey.id }, body: { name } })}
      onClose={onClose}
    />
  )
}

interface RemovePasskeyDialogProps {
  passkey: Passkey
  opened: boolean
  onClose: () => void
}

function RemovePasskeyDialog({ passkey: { id, name }, opened, onClose }: RemovePasskeyDialogProps) {
  const text = words.factors.passkeys
  const refresh = useRefresh('account', 'people', 'session', 'sessions')
  const remove = useOnce({
    ...deleteAccountPasskeysIdMutation(),
    onSuccess: async () => {
      showNotice({ message: text.removed(name) })
      onClose()
      await refresh()
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={text.removeTitle(name)}
      sentence={text.removeSentence}
      confirm={text.remove}
      destructive
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ path: { id } })}
    />
  )
}
