import { VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { Conversation } from '../../api/client.ts'
import { initials } from '../../components/initials.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { listName } from './display-names.ts'
import classes from './rows.module.css'

export const ROW_HEIGHT = 86
const MOST_NAMES = 4

interface RowProps {
  conversation: Conversation
  accountKey: string | undefined
  /** Participant to show when there is no other: the mailbox wrote to itself. */
  accountName: string | undefined
  assignee: string | undefined
  current: boolean
  onFocus: (id: string) => void
}

/** One conversation of the list: participants, subject, time, assignee. */
export const ConversationRow = memo(function ConversationRow(props: RowProps) {
  const { conversation, accountKey, accountName, assignee, current, onFocus } = props
  const { id, participants, subject, preview, unread, status, messageCount, lastMessageAt } = conversation
  const inbox = words.inbox
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: id }}
      className={classes.row}
      data-conversation={id}
      data-unread={unread || undefined}
      data-current={current || undefined}
      aria-current={current || undefined}
      preload={false}
      onFocus={() => onFocus(id)}
    >
      <span className={classes.line}>
        <span className={classes.who} dir="auto">
          {participants.slice(0, MOST_NAMES).map(listName).join(', ') || (accountName ?? inbox.unknownSender)}
        </span>
        {messageCount > 1 && (
          <span className={classes.when}>
            {messageCount} <VisuallyHidden>{inbox.messages}</VisuallyHidden>
          </span>
        )}
        <span className={classes.when}>
          <Time at={lastMessageAt} />
        </span>
      </span>
      <span className={classes.line}>
        <span className={classes.subject} dir="auto">
          {subject || inbox.noSubject}
        </span>
        {unread && (
          <span className={classes.word} data-strong>
            {inbox.unread}
          </span>
        )}
        {status === 'closed' && <span className={classes.word}>{inbox.status.closed}</span>}
      </span>
      <span className={classes.line}>
        <span className={classes.preview} dir="auto">
          {preview}
        </span>
        {accountKey !== undefined && (
          <span className={classes.key}>
            <VisuallyHidden>{inbox.account}</VisuallyHidden> {accountKey}
          </span>
        )}
        {assignee !== undefined && (
          <span className={classes.initials} title={inbox.assignedTo(assignee)}>
            <span aria-hidden>{initials(assignee)}</span>
            <VisuallyHidden>{inbox.assignedTo(assignee)}</VisuallyHidden>
          </span>
        )}
      </span>
    </Link>
  )
})
