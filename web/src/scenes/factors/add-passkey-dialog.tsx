import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { addPasskey } from '../../api/passkeys.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { showNotice } from '../../components/show-notice.ts'
import { words } from '../../words/index.ts'
import { PasskeyProblem } from './passkey-problem.tsx'

interface AddPasskeyDialogProps {
  onClose: () => void
  onCodes: (codes: readonly string[] | undefined) => void
}

export function AddPasskeyDialog({ onClose, onCodes }: AddPasskeyDialogProps) {
  const text = words.factors.passkeys
  const [name, setName] = useState(text.suggested)
  const refresh = useRefresh('account', 'people')
  const add = useOnce<Awaited<ReturnType<typeof addPasskey>>, Error, string>({
    mutationFn: addPasskey,
    onSuccess: async ({ passkey, recoveryCodes }) => {
      showNotice({ message: text.added(passkey.name) })
      onClose()
      onCodes(recoveryCodes)
      await refresh()
    },
  })
  return (
    <Modal opened onClose={onClose} title={text.addTitle} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate(name.trim())
        }}
      >
        <Stack>
          {add.error && <PasskeyProblem error={add.error} />}
          <Text size="sm">{text.addSentence}</Text>
          <TextInput
            label={text.name}
            description={text.nameHint}
            required
            maxLength={60}
            data-autofocus
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {words.cancel}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {text.add}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
