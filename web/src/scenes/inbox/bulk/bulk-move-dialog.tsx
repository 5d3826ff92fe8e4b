import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { words } from '../../../words/index.ts'
import { TargetSelect } from '../move/target-select.tsx'
import { useAccounts } from '../use-conversations.ts'

interface BulkMoveDialogProps {
  opened: boolean
  /** Number of conversations, or the view. */
  scope: string
  /** Mailboxes of the conversations; undefined stands for any. */
  fromIds: readonly (string | undefined)[]
  onMove: (emailAccountId: string) => void
  onClose: () => void
  onGone: () => void
}

/** Moves the selected conversations to another mailbox of the user, without a notice to the customers. */
export function BulkMoveDialog({ opened, onClose, onGone, ...fields }: BulkMoveDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={() => requestAnimationFrame(onGone)}
      title={words.move.title}
      closeButtonProps={{ 'aria-label': words.close }}
      transitionProps={{ duration: 0 }}
    >
      {opened && <Fields {...fields} onClose={onClose} />}
    </Modal>
  )
}

function Fields({ scope, fromIds, onMove, onClose }: Omit<BulkMoveDialogProps, 'opened' | 'onGone'>) {
  const move = words.move
  const bulk = words.bulk
  // All are in this one.
  const [from, ...otherIds] = new Set(fromIds)
  const offered = useAccounts().filter(({ id }) => otherIds.length > 0 || id !== from)
  const [toId, setToId] = useState<string | null>(offered.length === 1 ? offered[0]!.id : null)
  const [isSearching, setSearching] = useState(false)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (toId !== null && !isSearching) onMove(toId)
      }}
    >
      <Stack>
        <Text fw={600}>{scope}</Text>
        <Text size="sm">{bulk.moveSentence}</Text>
        <Text size="sm">{bulk.moveUnnoticed}</Text>
        <TargetSelect accounts={offered} value={toId} onChange={setToId} onSearching={setSearching} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {words.cancel}
          </Button>
          <Button type="submit" disabled={toId === null || isSearching}>
            {move.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
