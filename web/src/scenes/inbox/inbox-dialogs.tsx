import type { Conversation } from '../../api/client.ts'
import { AssignDialog } from './assign-dialog.tsx'
import { MoveDialog } from './move/move-dialog.tsx'
import { SnoozeDialog } from './snooze-dialog.tsx'
import { TagDialog } from './tags/tag-dialog.tsx'

/** An open dialog and its conversation. */
export interface OpenDialog {
  kind: 'assign' | 'snooze' | 'tag' | 'move'
  conversation: Conversation
}

interface InboxDialogsProps {
  dialog: OpenDialog | undefined
  onClose: () => void
  onSnoozed: (conversation: Conversation) => void
  onMoved: (conversation: Conversation) => void
  /** Called after a dialog is gone. */
  onGone: () => void
}

/** Dialogs for one conversation, of the list and the open conversation alike. */
export function InboxDialogs({ dialog, onClose, onSnoozed, onMoved, onGone }: InboxDialogsProps) {
  const conversationFor = (kind: OpenDialog['kind']) => (dialog?.kind === kind ? dialog.conversation : undefined)
  return (
    <>
      <AssignDialog conversation={conversationFor('assign')} onClose={onClose} onGone={onGone} />
      <SnoozeDialog conversation={conversationFor('snooze')} onClose={onClose} onSnoozed={onSnoozed} onGone={onGone} />
      <TagDialog conversation={conversationFor('tag')} onClose={onClose} onGone={onGone} />
      <MoveDialog conversation={conversationFor('move')} onClose={onClose} onMoved={onMoved} onGone={onGone} />
    </>
  )
}
