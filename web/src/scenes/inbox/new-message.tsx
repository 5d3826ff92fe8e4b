import { Button, Modal, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPencil } from '@tabler/icons-react'
import type { EmailAccount } from '../../api/client.ts'
import { useCommand } from '../../keyboard/actions.ts'
import { words } from '../../words/index.ts'
import { accountFor, rememberAccount } from './composer/last-email-account.ts'
import { written } from './composer/recipients.ts'
import { useStartDraft } from './composer/start-draft.ts'

interface NewMessageProps {
  accounts: readonly EmailAccount[]
  /** Mailbox of the list, if it shows one. */
  shown: string | undefined
}

/** Starts a message from the shown or last used mailbox; asks when there is neither. */
export function NewMessage({ accounts, shown }: NewMessageProps) {
  const [asking, question] = useDisclosure(false)
  const { startNew } = useStartDraft()
  const write = () => {
    const id = accountFor(accounts, shown)
    if (id === undefined) question.open()
    else startNew(id)
  }
  useCommand('write', write)
  const choose = (id: string) => {
    rememberAccount(id)
    question.close()
    startNew(id)
  }
  return (
    <>
      <Button size="compact-sm" leftSection={<IconPencil size={14} aria-hidden />} onClick={write}>
        {words.inbox.write}
      </Button>
      <Modal
        opened={asking}
        onClose={question.close}
        title={words.composer.fromWhich}
        size="sm"
        transitionProps={{ duration: 0 }}
      >
        <Stack gap="xs" pt={4}>
          {accounts.map(({ id, name, address }, index) => (
            <Button
              key={id}
              variant="default"
              justify="flex-start"
              data-autofocus={index === 0 || undefined}
              onClick={() => choose(id)}
            >
              {written({ name, address })}
            </Button>
          ))}
        </Stack>
      </Modal>
    </>
  )
}
