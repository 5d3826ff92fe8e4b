import { Button, Group, Kbd, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useState } from 'react'
import { clock } from '../../clock.ts'
import { showNotice } from '../../components/show-notice.ts'
import { nextOrder, useCommand } from '../../keyboard/actions.ts'
import { words } from '../../words/index.ts'

/** Time to undo, as in Outlook and Gmail. */
const SHOWN_MS = 8_000

/** Current notice of each conversation: the next change replaces it. */
const shown = new Map<string, string>()
let count = 0

/**
 * Confirms a change of a conversation, and undoes it on *Undo* or `z`, on any page.
 *
 * @param mostLines  lines after which the sentence is cut, such as a long subject
 */
export function announceChange(conversationId: string, sentence: string, undo: () => void, mostLines = 2): void {
  withdrawChange(conversationId)
  const id = `change-${++count}`
  shown.set(conversationId, id)
  showNotice({
    id,
    autoClose: SHOWN_MS,
    closeButtonProps: { 'aria-label': words.close },
    message: (
      <ChangeNotice
        sentence={sentence}
        until={clock.now().getTime() + SHOWN_MS}
        onLate={() => withdrawChange(conversationId)}
        mostLines={mostLines}
        order={nextOrder()}
        undo={() => {
          // Pressed again while the notice disappears.
          if (shown.get(conversationId) !== id) return
          withdrawChange(conversationId)
          undo()
        }}
      />
    ),
  })
}

/** Hides the notice: its undo would restore an old state over a newer one, or be refused. */
export function withdrawChange(conversationId: string): void {
  const id = shown.get(conversationId)
  if (id === undefined) return
  shown.delete(conversationId)
  notifications.hide(id)
}

interface ChangeNoticeProps {
  sentence: string
  mostLines: number
  undo: () => void
  /** Time in milliseconds after which it is not shown again, when newer notices that hid it have ended. */
  until: number
  onLate: () => void
  /** Place of its announcement: newer notices have the key, also when it is shown again. */
  order: number
}

function ChangeNotice({ sentence, mostLines, undo, until, onLate, order }: ChangeNoticeProps) {
  const [isLate] = useState(() => clock.now().getTime() > until)
  useCommand('undo', isLate ? undefined : undo, 'usual', order)
  useEffect(() => {
    if (isLate) onLate()
    // Once, when it is shown.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
  const { undo: label, undoKey } = words.composer.sending
  return (
    <Group gap="sm" justify="space-between" wrap="nowrap">
      <Text size="sm" c="var(--mantine-color-text)" lineClamp={mostLines} dir="auto">
        {sentence}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        aria-keyshortcuts={undoKey}
        rightSection={<Kbd size="xs">{undoKey.toLowerCase()}</Kbd>}
        style={{ flex: 'none' }}
        onClick={undo}
      >
        {label}
      </Button>
    </Group>
  )
}
