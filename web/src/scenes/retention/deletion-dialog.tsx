import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { words } from '../../words/index.ts'
import { confirmationOf } from './confirmation.ts'
import { deletionLines, heldLine, type DeletionCounts } from './deletion-counts.ts'

export interface DeletionDialogProps {
  opened: boolean
  onClose: () => void
  title: string
  counts: DeletionCounts | undefined
  keeps?: readonly string[]
  busy: boolean
  error: unknown
  onRetry?: (() => void) | undefined
  onConfirm: () => void
}

/** Confirms a retention with the counts of what it deletes at once. */
export function DeletionDialog(props: DeletionDialogProps) {
  const { counts, keeps = [], busy, error, onRetry, onConfirm, opened, onClose, title } = props
  const text = words.retention
  const lines = counts ? deletionLines(counts) : []
  const state = { isCounted: counts !== undefined, isEmpty: lines.length === 0, hasFailed: error != null }
  const { sentence, waiting } = confirmationOf(state)
  const held = counts && heldLine(counts)
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={title}
      {...(sentence !== undefined && { sentence })}
      removes={lines}
      keeps={held === undefined ? keeps : [...keeps, held]}
      confirm={text.confirm}
      busy={busy}
      waiting={waiting}
      error={error}
      {...(onRetry && { onRetry })}
      destructive
      onConfirm={onConfirm}
    />
  )
}
