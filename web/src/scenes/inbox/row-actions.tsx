import { ActionIcon } from '@mantine/core'
import { IconCheck, IconRotate, IconUserPlus } from '@tabler/icons-react'
import type { Conversation } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import classes from './rows.module.css'
import { useSetStatus } from './use-work.ts'

interface RowActionsProps {
  conversation: Conversation
  onAssign: (conversation: Conversation) => void
}

/** Actions of the row below the pointer. The keyboard has `e` and `i`, so they are no further stops of the Tab key. */
export function RowActions({ conversation, onAssign }: RowActionsProps) {
  const setStatus = useSetStatus()
  const { id, status } = conversation
  const isClosed = status === 'closed'
  const { quick } = words.inbox
  const label = isClosed ? quick.reopen : quick.close
  const Sign = isClosed ? IconRotate : IconCheck
  return (
    <span className={classes.actions}>
      <ActionIcon
        variant="subtle"
        color="gray"
        tabIndex={-1}
        aria-label={quick.assign}
        title={quick.assign}
        onClick={() => onAssign(conversation)}
      >
        <IconUserPlus size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        tabIndex={-1}
        aria-label={label}
        title={label}
        onClick={() => setStatus.mutate({ id, wanted: isClosed ? 'open' : 'closed' })}
      >
        <Sign size={16} aria-hidden />
      </ActionIcon>
    </span>
  )
}
