import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { words } from '../../../words/index.ts'
import { useAccounts } from '../use-conversations.ts'

interface BulkMoveDialogProps {
  opened: boolean
  /** Mailboxes of the conversations; undefined stands for any. */
  fromIds: readonly (string | undefined)[]
  onMove: (emailAccountId: string) => void
  onClose: () => void
  onGone: () => void
}

/** Moves the selected conversations to another mailbox of the user, without a notice to the customers. */
export function BulkMoveDialog({ opened, fromIds, onMove, onClose, onGone }: BulkMoveDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      onExitTransitionEnd={() => requestAnimationFrame(onGone)}
      title={words.move.title}
      closeButtonProps={{ 'aria-label': words.close }}
      transitionProps={{ duration: 0 }}
    >
      {opened && <Fields {...{ fromIds, onMove, onClose }} />}
    </Modal>
  )
}

function Fields({ fromIds, onMove, onClose }: Pick<BulkMoveDialogProps, 'fromIds' | 'onMove' | 'onClose'>) {
  const { move, bulk, cancel } = words
  // All are in this one.
  const [from, ...otherIds] = new Set(fromIds)
  const offered = useAccounts().filter(({ id }) => otherIds.length > 0 || id !== from)
  const [toId, setToId] = useState<string | null>(offered.length === 1 ? offered[0]!.id : null)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (toId !== null) onMove(toId)
      }}
    >
      <Stack>
        <Text size="sm">{bulk.moveSentence}</Text>
        <Text size="sm">{bulk.moveUnnoticed}</Text>
        <Select
          label={move.to}
          data={offered.map(({ id, name, address }) => ({ value: id, label: name ? `${name} <${address}>` : address }))}
          searchable
          data-autofocus
          // Otherwise its list would cover the buttons at once.
          openOnFocus={false}
          nothingFoundMessage={move.none}
          value={toId}
          onChange={setToId}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {cancel}
          </Button>
          <Button type="submit" disabled={toId === null}>
            {move.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
