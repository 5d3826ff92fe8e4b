import { ActionIcon, Badge, Group, Kbd, Menu, Title, UnstyledButton } from '@mantine/core'
import {
  IconAlertOctagon,
  IconArrowLeft,
  IconArrowMerge,
  IconCheck,
  IconClock,
  IconDots,
  IconDownload,
  IconHourglass,
  IconInbox,
  IconInfoCircle,
  IconLayoutSidebarRightCollapse,
  IconLayoutSidebarRightExpand,
  IconLock,
  IconMailForward,
  IconPrinter,
  IconRotate,
  IconTag,
  IconTrash,
  IconUserPlus,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { Conversation, Viewer } from '../../api/client.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { InitialsAvatar } from '../../components/initials-avatar.tsx'
import { words } from '../../words/index.ts'
import classes from './conversation.module.css'
import { printPage } from './print-page.ts'
import { TagLink } from './tags/tag-chip.tsx'
import { tagsOf, useTags } from './tags/use-tags.ts'
import { PresenceLine } from './presence-line.tsx'
import { toggledDeleted, toggledSpam, type Place } from './use-place.ts'
import { statusText, toggledClosed, toggledWaiting, type WantedStatus } from './use-status.ts'

interface ConversationHeadProps {
  conversation: Conversation
  assignee: string | undefined
  viewers: readonly Viewer[]
  personName: (id: string) => string
  busy: boolean
  onStatus: (wanted: WantedStatus) => void
  onPlace: (wanted: Place) => void
  onSnooze: () => void
  onAssign: () => void
  onTag: () => void
  onMerge: () => void
  /** Undefined without another mailbox. */
  onMove: (() => void) | undefined
  /** Undefined for agents. */
  onLegalHold: (() => void) | undefined
  /** Undefined where the details open over the conversation. */
  showsDetails: boolean | undefined
  onDetails: () => void
}

/** Subject, status, assignee and tags of the conversation; its actions as icons. */
export const ConversationHead = memo(function ConversationHead(props: ConversationHeadProps) {
  const { conversation, assignee, viewers, personName, busy, onStatus, onPlace } = props
  const { onSnooze, onAssign, onTag, onMerge, onMove, onLegalHold, showsDetails, onDetails } = props
  const { subject, place, status, assigneeId } = conversation
  const inbox = words.inbox
  const tags = tagsOf(conversation.tagIds, useTags().byId)
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
        <Title order={2} size="h3" dir="auto" className={classes.subject}>
          {subject || inbox.noSubject}
        </Title>
        <Group gap={4} wrap="nowrap" role="toolbar" aria-label={inbox.actions}>
          {place !== 'inbox' && (
            <IconButton
              label={place === 'spam' ? inbox.notSpam : inbox.restore}
              shortcut={place === 'spam' ? '!' : '#'}
              Sign={IconInbox}
              loading={busy}
              onClick={() => onPlace('inbox')}
            />
          )}
          {place === 'inbox' && (
            <>
              <IconButton
                label={isClosed ? inbox.reopen : inbox.closeIt}
                shortcut="E"
                Sign={isClosed ? IconRotate : IconCheck}
                loading={busy}
                onClick={() => onStatus(toggledClosed(conversation))}
              />
              <IconButton label={inbox.snooze.act} shortcut="B" Sign={IconClock} onClick={onSnooze} />
              <IconButton
                label={isWaiting ? inbox.stopWaiting : inbox.wait}
                shortcut="W"
                Sign={IconHourglass}
                pressed={isWaiting}
                onClick={() => onStatus(toggledWaiting(conversation))}
              />
            </>
          )}
          <IconButton label={words.tags.change} shortcut="T" Sign={IconTag} onClick={onTag} />
          <Menu position="bottom-end" width={220}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={inbox.moreOfConversation}>
                <IconDots size={18} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconArrowMerge size={16} aria-hidden />}
                rightSection={<Kbd size="xs">m</Kbd>}
                onClick={onMerge}
              >
                {words.marks.merge.act}
              </Menu.Item>
              {onMove && (
                <Menu.Item
                  leftSection={<IconMailForward size={16} aria-hidden />}
                  rightSection={<Kbd size="xs">v</Kbd>}
                  onClick={onMove}
                >
                  {words.move.act}
                </Menu.Item>
              )}
              <Menu.Item
                component="a"
                href={`/v1/conversations/${conversation.id}/messages.zip`}
                download
                leftSection={<IconDownload size={16} aria-hidden />}
              >
                {inbox.exportAll}
              </Menu.Item>
              {place !== 'spam' && (
                <Menu.Item
                  leftSection={<IconAlertOctagon size={16} aria-hidden />}
                  rightSection={<Kbd size="xs">!</Kbd>}
                  onClick={() => onPlace(toggledSpam(place))}
                >
                  {inbox.spam}
                </Menu.Item>
              )}
              {place !== 'deleted' && (
                <Menu.Item
                  leftSection={<IconTrash size={16} aria-hidden />}
                  rightSection={<Kbd size="xs">#</Kbd>}
                  onClick={() => onPlace(toggledDeleted(place))}
                >
                  {inbox.delete}
                </Menu.Item>
              )}
              {onLegalHold && (
                <Menu.Item leftSection={<IconLock size={16} aria-hidden />} onClick={onLegalHold}>
                  {words.legalHold.act}
                </Menu.Item>
              )}
              <Menu.Item leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => printPage(conversation.id)}>
                {inbox.printAll}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <IconButton
            label={showsDetails === undefined ? inbox.details : showsDetails ? inbox.hideDetails : inbox.showDetails}
            shortcut="D"
            Sign={
              showsDetails === undefined
                ? IconInfoCircle
                : showsDetails
                  ? IconLayoutSidebarRightCollapse
                  : IconLayoutSidebarRightExpand
            }
            onClick={onDetails}
          />
        </Group>
      </Group>
      <Group gap="xs">
        <Badge variant="default" radius="sm" tt="none">
          {statusText(conversation)}
        </Badge>
        <UnstyledButton
          className={classes.assignee}
          onClick={onAssign}
          aria-label={assignee === undefined ? inbox.assign : inbox.assignedTo(assignee)}
        >
          {assignee === undefined ? (
            <IconUserPlus size={16} aria-hidden />
          ) : (
            <InitialsAvatar name={assignee} of={assigneeId ?? assignee} size="small" />
          )}
          {assignee ?? inbox.assign}
        </UnstyledButton>
        {tags.length > 0 && (
          <Group gap={4} role="list" aria-label={words.tags.title}>
            {tags.map((tag) => (
              <div key={tag.id} role="listitem" style={{ display: 'flex' }}>
                <TagLink tag={tag} />
              </div>
            ))}
          </Group>
        )}
        <PresenceLine viewers={viewers} nameOf={personName} />
      </Group>
    </header>
  )
})
