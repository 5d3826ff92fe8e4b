import type { Conversation } from '../../api/client.ts'
import { AssignDialog } from './assign-dialog.tsx'
import { lazyForm } from './lazy-form.ts'
import { useDialogCode } from './lazy-part.tsx'
import { SnoozeDialog } from './snooze-dialog.tsx'
import { useEver } from './use-ever.ts'
import { TagDialog } from './tags/tag-dialog.tsx'

const moveDialog = lazyForm('move dialog', () => import('./move/move-dialog.tsx'))

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
  const isMoving = dialog?.kind === 'move'
  const hasMoved = useEver(isMoving)
  const moving = useDialogCode(moveDialog, { opened: isMoving, onClose, enabled: hasMoved })
  return (
    <>
      <AssignDialog conversation={conversationFor('assign')} onClose={onClose} onGone={onGone} />
      <SnoozeDialog conversation={conversationFor('snooze')} onClose={onClose} onSnoozed={onSnoozed} onGone={onGone} />
      <TagDialog conversation={conversationFor('tag')} onClose={onClose} onGone={onGone} />
      {moving && (
        <moving.MoveDialog conversation={conversationFor('move')} onClose={onClose} onMoved={onMoved} onGone={onGone} />
      )}
    </>
  )
}
