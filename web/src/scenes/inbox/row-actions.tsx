import { ActionIcon } from '@mantine/core'
import { IconCheck, IconClock, IconInbox, IconRotate, IconUserPlus } from '@tabler/icons-react'
import type { Conversation } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import classes from './rows.module.css'
import { useSetPlace } from './use-place.ts'
import { toggledClosed, useSetStatus } from './use-status.ts'

interface RowActionsProps {
  conversation: Conversation
  onAssign: (conversation: Conversation) => void
  onSnooze: (conversation: Conversation) => void
}

/** Actions of the row below the pointer. The keyboard has `e`, `b` and `i`, so they are no further stops of the Tab key. */
export function RowActions({ conversation, onAssign, onSnooze }: RowActionsProps) {
  const setStatus = useSetStatus()
  const setPlace = useSetPlace()
  const { place } = conversation
  const isClosed = conversation.status === 'closed'
  const { quick } = words.inbox
  const label = isClosed ? quick.reopen : quick.close
  const Sign = isClosed ? IconRotate : IconCheck
  if (place !== 'inbox') {
    const back = place === 'spam' ? words.inbox.notSpam : words.inbox.restore
    return (
      <span className={classes.actions}>
        <ActionIcon
          variant="subtle"
          color="gray"
          tabIndex={-1}
          aria-label={back}
          title={back}
          onClick={() => setPlace.mutate({ conversation, wanted: 'inbox' })}
        >
          <IconInbox size={16} aria-hidden />
        </ActionIcon>
      </span>
    )
  }
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
        aria-label={quick.snooze}
        title={quick.snooze}
        onClick={() => onSnooze(conversation)}
      >
        <IconClock size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        tabIndex={-1}
        aria-label={label}
        title={label}
        onClick={() => setStatus.mutate({ conversation, wanted: toggledClosed(conversation) })}
      >
        <Sign size={16} aria-hidden />
      </ActionIcon>
    </span>
  )
}
