import { Button, Group, Kbd, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Conversation } from '../../api/client.ts'
import { useCommand } from '../../keyboard/actions.ts'
import { words } from '../../words/index.ts'

/** Time to undo, as in Outlook and Gmail. */
const SHOWN_MS = 8_000

/** Confirms that a conversation was closed, and reopens it on *Undo* or `z`, on any page. */
export function announceClosed({ id, subject }: Pick<Conversation, 'id' | 'subject'>, reopen: () => void): void {
  notifications.show({
    id: noticeOf(id),
    autoClose: SHOWN_MS,
    closeButtonProps: { 'aria-label': words.close },
    message: <ClosedNotice id={id} subject={subject} reopen={reopen} />,
  })
}

/** Hides the notice when the conversation is open again. */
export function withdrawClosed(id: string): void {
  notifications.hide(noticeOf(id))
}

function ClosedNotice({ id, subject, reopen }: { id: string; subject: string; reopen: () => void }) {
  const undo = () => {
    withdrawClosed(id)
    reopen()
  }
  useCommand('undo', undo)
  const inbox = words.inbox
  const composer = words.composer
  return (
    <Group gap="sm" justify="space-between" wrap="nowrap">
      <Text size="sm" c="var(--mantine-color-text)" lineClamp={2} dir="auto">
        {inbox.closedNotice(subject || inbox.noSubject)}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        aria-keyshortcuts={composer.sending.undoKey}
        rightSection={<Kbd size="xs">{composer.sending.undoKey.toLowerCase()}</Kbd>}
        style={{ flex: 'none' }}
        onClick={undo}
      >
        {composer.sending.undo}
      </Button>
    </Group>
  )
}

function noticeOf(id: string): string {
  return `closed-${id}`
}
