import { ActionIcon, Badge, Button, Group, Title } from '@mantine/core'
import {
  IconArrowLeft,
  IconArrowMerge,
  IconCheck,
  IconClock,
  IconHourglass,
  IconInfoCircle,
  IconNote,
  IconRotate,
  IconUser,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Conversation, Viewer } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import classes from './conversation.module.css'
import { PresenceLine } from './presence-line.tsx'
import { statusText, toggledClosed, toggledWaiting, type WantedStatus } from './use-status.ts'

interface ConversationHeadProps {
  conversation: Conversation
  assignee: string | undefined
  viewers: readonly Viewer[]
  personName: (id: string) => string
  busy: boolean
  onStatus: (wanted: WantedStatus) => void
  onSnooze: () => void
  onAssign: () => void
  onNote: () => void
  onMerge: () => void
  /** Absent when the details are shown alongside. */
  onDetails: (() => void) | undefined
}

export function ConversationHead(props: ConversationHeadProps) {
  const {
    conversation,
    assignee,
    viewers,
    personName,
    busy,
    onStatus,
    onSnooze,
    onAssign,
    onNote,
    onMerge,
    onDetails,
  } = props
  const { subject, status } = conversation
  const inbox = words.inbox
  const isClosed = status === 'closed'
  const isWaiting = status === 'waiting'
  return (
    <header className={classes.head}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <ActionIcon
          component={Link}
          to="/inbox"
          variant="subtle"
          color="gray"
          hiddenFrom="sm"
          aria-label={inbox.toList}
        >
          <IconArrowLeft size={18} aria-hidden />
        </ActionIcon>
        <Title order={2} size="h4" dir="auto" style={{ flex: 1, minWidth: 0 }}>
          {subject || inbox.noSubject}
        </Title>
        <Badge variant="default" radius="sm" tt="none" mt={3} style={{ flex: 'none' }}>
          {statusText(conversation)}
        </Badge>
      </Group>
      <Group gap="xs" role="toolbar" aria-label={inbox.actions}>
        <Button
          size="compact-sm"
          variant="default"
          loading={busy}
          leftSection={isClosed ? <IconRotate size={14} aria-hidden /> : <IconCheck size={14} aria-hidden />}
          onClick={() => onStatus(toggledClosed(conversation))}
        >
          {isClosed ? inbox.reopen : inbox.closeIt}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconClock size={14} aria-hidden />}
          onClick={onSnooze}
        >
          {inbox.snooze.act}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconHourglass size={14} aria-hidden />}
          aria-pressed={isWaiting}
          onClick={() => onStatus(toggledWaiting(conversation))}
        >
          {isWaiting ? inbox.stopWaiting : inbox.wait}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconUser size={14} aria-hidden />}
          onClick={onAssign}
          aria-label={assignee === undefined ? inbox.assign : inbox.assignedTo(assignee)}
        >
          {assignee ?? inbox.assign}
        </Button>
        <Button size="compact-sm" variant="default" leftSection={<IconNote size={14} aria-hidden />} onClick={onNote}>
          {inbox.note}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowMerge size={14} aria-hidden />}
          onClick={onMerge}
        >
          {words.marks.merge.act}
        </Button>
        {onDetails && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconInfoCircle size={14} aria-hidden />}
            onClick={onDetails}
          >
            {inbox.details}
          </Button>
        )}
        <PresenceLine viewers={viewers} nameOf={personName} />
      </Group>
    </header>
  )
}
