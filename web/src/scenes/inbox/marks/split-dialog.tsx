import { Radio, Stack } from '@mantine/core'
import { useState } from 'react'
import type { Message } from '../../../api/client.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { words } from '../../../words/index.ts'
import { FocusReturn } from '../../../components/focus-return.ts'
import { useSplit } from './split-proposal.tsx'

interface SplitDialogProps {
  /** First message of the new conversation; closed when absent. */
  message: Message | undefined
  /** Messages of the conversation, oldest first. */
  messages: readonly Message[]
  onClose: () => void
}

/** Splits a conversation: from a message on, or that message alone. */
export function SplitDialog({ message, messages, onClose }: SplitDialogProps) {
  const { splitFrom } = words.marks
  const [how, setHow] = useState<'only' | 'later'>('only')
  const split = useSplit(message?.conversationId ?? '')
  const place = messages.findIndex(({ id }) => id === message?.id)
  const later = messages.slice(place).map(({ id }) => id)
  const chosen = how === 'later' ? later : later.slice(0, 1)
  return (
    <ConfirmDialog
      opened={message !== undefined}
      onClose={onClose}
      title={splitFrom.title}
      sentence={splitFrom.sentence}
      confirm={splitFrom.confirm}
      busy={split.isPending}
      error={split.error}
      onConfirm={() => split.mutate([...chosen], { onSuccess: onClose })}
    >
      <FocusReturn />
      <Radio.Group value={how} onChange={(value) => setHow(value)} aria-label={splitFrom.title}>
        <Stack gap="xs">
          <Radio value="only" label={splitFrom.onlyThis} />
          {place > 0 && later.length > 1 && <Radio value="later" label={splitFrom.andLater(later.length - 1)} />}
        </Stack>
      </Radio.Group>
    </ConfirmDialog>
  )
}
