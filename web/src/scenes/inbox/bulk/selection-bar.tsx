import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconAlertOctagon,
  IconCheck,
  IconHourglass,
  IconInbox,
  IconMailForward,
  IconMailOpened,
  IconRotate,
  IconTag,
  IconTrash,
  IconUser,
  IconX,
  type Icon,
} from '@tabler/icons-react'
import { useRef } from 'react'
import type { BulkAction, Conversation } from '../../../api/client.ts'
import type { WantedList } from '../../../api/conversation-lists.ts'
import { BLOCKED, useCommand } from '../../../keyboard/actions.ts'
import { words } from '../../../words/index.ts'
import { usePlaceCommands, type Place } from '../use-place.ts'
import { returnFocus } from '../../../components/focus-return.ts'
import { useAccounts } from '../use-conversations.ts'
import { BulkAssignDialog } from './bulk-assign-dialog.tsx'
import { BulkMoveDialog } from './bulk-move-dialog.tsx'
import { MOST_OF_VIEW, type Target } from './bulk-run.ts'
import { BulkTagDialog } from './bulk-tag-dialog.tsx'
import type { Selection } from './selection.ts'
import { SnoozeMenu } from './snooze-menu.tsx'
import { useBulk } from './use-bulk.tsx'

interface SelectionBarProps {
  selection: Selection
  /** Loaded rows of the view. */
  rows: readonly Conversation[]
  /** The view, for changes of all its conversations. */
  view: WantedList
  onSelectView: () => void
  onClear: () => void
}

/** Takes the place of the list's head while conversations are selected. Keys refer to them. */
export function SelectionBar({ selection, rows, view, onSelectView, onClear }: SelectionBarProps) {
  const { ids, isWholeView } = selection
  const { run, isBusy } = useBulk()
  const [assignOpen, assign] = useDisclosure(false)
  const [tagOpen, tag] = useDisclosure(false)
  const [moveOpen, move] = useDisclosure(false)
  const canMove = useAccounts().length > 1
  const before = useRef<Element>(null)
  const scope = isWholeView ? words.bulk.wholeView(MOST_OF_VIEW) : words.bulk.selected(ids.size)
  const target: Target = isWholeView ? { view } : { ids: [...ids] }
  const chosen = rows.filter(({ id }) => ids.has(id))
  const allClosed = chosen.length > 0 && chosen.every(({ status }) => status === 'closed')
  const apply = (action: BulkAction) => {
    onClear()
    void run(target, action)
  }
  const open = (dialog: { open: () => void }) => () => {
    before.current = document.activeElement
    dialog.open()
  }
  const toggleClosed = () => apply({ kind: allClosed ? 'reopen' : 'close' })
  // Spam and deleted conversations are brought back; their status does not matter there. Blocked keys don't reach the
  // focused row and the conversation beside the list either.
  const place = placeOf(chosen)
  const putInto = (wanted: Place) => apply({ kind: 'place', place: wanted })
  usePlaceCommands((toggled) => putInto(toggled(place)), 'first')
  useCommand('close', place === 'inbox' ? toggleClosed : BLOCKED, 'first')
  useCommand('wait', place === 'inbox' ? () => apply({ kind: 'wait' }) : BLOCKED, 'first')
  useCommand('snooze', place === 'inbox' ? undefined : BLOCKED, 'first')
  useCommand('assign', open(assign), 'first')
  useCommand('tag', open(tag), 'first')
  useCommand('move', canMove ? open(move) : BLOCKED, 'first')

  const action = (label: string, Sign: Icon, onClick: () => void) => (
    <Button
      size="compact-sm"
      variant="default"
      disabled={isBusy}
      leftSection={<Sign size={14} aria-hidden />}
      onClick={onClick}
    >
      {label}
    </Button>
  )
  return (
    <Stack gap={6} p="xs" pt="sm" role="region" aria-label={words.bulk.label}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text fw={600} role="status">
          {scope}
        </Text>
        <ActionIcon variant="subtle" color="gray" aria-label={words.bulk.clear} onClick={onClear}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </Group>
      <Group gap={6} role="toolbar" aria-label={words.bulk.label}>
        {place === 'spam' && action(words.bulk.notSpam, IconInbox, () => putInto('inbox'))}
        {place === 'deleted' && action(words.bulk.restore, IconInbox, () => putInto('inbox'))}
        {place === 'inbox' &&
          (allClosed
            ? action(words.bulk.reopen, IconRotate, toggleClosed)
            : action(words.bulk.close, IconCheck, toggleClosed))}
        {action(words.bulk.assign, IconUser, open(assign))}
        {place === 'inbox' && (
          <>
            {action(words.bulk.wait, IconHourglass, () => apply({ kind: 'wait' }))}
            <SnoozeMenu isBusy={isBusy} onSnooze={(until) => apply({ kind: 'snooze', until: until.toISOString() })} />
          </>
        )}
        {action(words.bulk.tag, IconTag, open(tag))}
        {canMove && action(words.bulk.move, IconMailForward, open(move))}
        {action(words.bulk.seen, IconMailOpened, () => apply({ kind: 'mark-seen' }))}
        {place !== 'spam' && action(words.bulk.spam, IconAlertOctagon, () => putInto('spam'))}
        {place !== 'deleted' && action(words.bulk.delete, IconTrash, () => putInto('deleted'))}
      </Group>
      {!isWholeView && (
        <Button size="compact-sm" variant="subtle" style={{ alignSelf: 'flex-start' }} onClick={onSelectView}>
          {words.bulk.selectAll}
        </Button>
      )}
      <BulkAssignDialog
        opened={assignOpen}
        accountIds={[...new Set(chosen.map(({ emailAccountId }) => emailAccountId))]}
        onAssign={(assigneeId) => {
          assign.close()
          apply({ kind: 'assign', assigneeId })
        }}
        onClose={assign.close}
        onGone={() => returnFocus(before.current)}
      />
      <BulkTagDialog
        opened={tagOpen}
        chosen={chosen}
        isBusy={isBusy}
        onChange={(wanted, earlier) => run(target, wanted, earlier)}
        onClose={() => {
          tag.close()
          onClear()
        }}
        onGone={() => returnFocus(before.current)}
      />
      <BulkMoveDialog
        opened={moveOpen}
        scope={scope}
        fromIds={isWholeView ? [view.emailAccountId] : chosen.map(({ emailAccountId }) => emailAccountId)}
        onMove={(emailAccountId) => {
          move.close()
          apply({ kind: 'move', emailAccountId })
        }}
        onClose={move.close}
        onGone={() => returnFocus(before.current)}
      />
    </Stack>
  )
}

/** The common place; the inbox if they differ. */
function placeOf(chosen: readonly Conversation[]): Place {
  const [first, ...others] = new Set(chosen.map(({ place }) => place))
  return first !== undefined && others.length === 0 ? first : 'inbox'
}
