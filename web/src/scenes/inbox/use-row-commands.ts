import type { Conversation } from '../../api/client.ts'
import { useCommand } from '../../keyboard/actions.ts'
import { useAccounts } from './use-conversations.ts'
import { usePlaceCommands, useSetPlace } from './use-place.ts'
import { toggledClosed, toggledWaiting, useSetStatus, type WantedStatus } from './use-status.ts'
import { useMarkSeen, useMarkUnread } from './use-work.ts'

/** While no conversation is open, keys refer to the focused row. */
export function useRowCommands(
  rows: readonly Conversation[],
  selected: string | undefined,
  {
    onAssign,
    onSnooze,
    onTag,
    onMove,
  }: Record<'onAssign' | 'onSnooze' | 'onTag' | 'onMove', (conversation: Conversation) => void>,
): void {
  const setStatus = useSetStatus()
  const setPlace = useSetPlace()
  const markSeen = useMarkSeen()
  const markUnread = useMarkUnread()
  const focused = (): Conversation | undefined => {
    const row = document.activeElement?.closest<HTMLElement>('[data-conversation]')
    return rows.find(({ id }) => id === row?.dataset['conversation'])
  }
  const open = (dialog: (conversation: Conversation) => void) => () => {
    const row = focused()
    if (row) dialog(row)
  }
  // Outside the inbox, the list does not show the status.
  const ifInInbox = (change: (conversation: Conversation) => void) =>
    open((row) => {
      if (row.place === 'inbox') change(row)
    })
  const isAlone = selected === undefined && rows.length > 0
  usePlaceCommands(
    isAlone
      ? (toggled) => {
          const row = focused()
          if (row) setPlace.mutate({ conversation: row, wanted: toggled(row.place) })
        }
      : undefined,
  )
  const set = (wantedOf: (row: Conversation) => WantedStatus) =>
    ifInInbox((row) => setStatus.mutate({ conversation: row, wanted: wantedOf(row) }))
  useCommand('close', isAlone ? set(toggledClosed) : undefined)
  useCommand('wait', isAlone ? set(toggledWaiting) : undefined)
  const toggleUnread = open(({ id, unread }) => (unread ? markSeen : markUnread).mutate({ id, wanted: undefined }))
  useCommand('markUnread', isAlone ? toggleUnread : undefined)
  useCommand('snooze', isAlone ? ifInInbox(onSnooze) : undefined)
  useCommand('assign', isAlone ? open(onAssign) : undefined)
  useCommand('tag', isAlone ? open(onTag) : undefined)
  const canMove = useAccounts().length > 1
  useCommand('move', isAlone && canMove ? open(onMove) : undefined)
}
