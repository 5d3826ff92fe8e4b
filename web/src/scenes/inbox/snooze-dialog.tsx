import { Button, Modal, Stack } from '@mantine/core'
import type { Conversation } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { TimeChoices } from './time-choices.tsx'
import { useSetStatus, type WantedStatus } from './use-status.ts'

interface SnoozeDialogProps {
  /** Conversation to snooze; closed when absent. */
  conversation: Conversation | undefined
  onClose: () => void
  /** Called when it is snoozed. */
  onSnoozed: (conversation: Conversation) => void
  /** Called after the dialog is gone and has returned the focus. */
  onGone: () => void
}

/** Possible ends of a snooze. */
export function SnoozeDialog({ conversation, onClose, onSnoozed, onGone }: SnoozeDialogProps) {
  return (
    <Modal
      opened={conversation !== undefined}
      onClose={onClose}
      onExitTransitionEnd={() => requestAnimationFrame(onGone)}
      title={words.inbox.snooze.title}
      size="sm"
      closeButtonProps={{ 'aria-label': words.close }}
      transitionProps={{ duration: 0 }}
    >
      {conversation && <Choices conversation={conversation} onDone={onClose} onSnoozed={onSnoozed} />}
    </Modal>
  )
}

interface ChoicesProps {
  conversation: Conversation
  onDone: () => void
  onSnoozed: SnoozeDialogProps['onSnoozed']
}

function Choices({ conversation, onDone, onSnoozed }: ChoicesProps) {
  const setStatus = useSetStatus()
  const onSuccess = ({ data }: { data: Conversation }) => {
    onDone()
    if (data.status === 'snoozed') onSnoozed(conversation)
  }
  const choose = (wanted: WantedStatus) => setStatus.mutate({ conversation, wanted }, { onSuccess })
  return (
    <Stack gap="xs">
      <TimeChoices
        act={words.inbox.snooze.act}
        busy={setStatus.isPending}
        onChoose={(snoozedUntil) => choose({ snoozedUntil })}
      />
      {conversation.status === 'snoozed' && (
        <Button variant="subtle" disabled={setStatus.isPending} onClick={() => choose('open')}>
          {words.inbox.reopen}
        </Button>
      )}
    </Stack>
  )
}
