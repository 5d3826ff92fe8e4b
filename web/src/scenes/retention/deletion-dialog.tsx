import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { language, words } from '../../words/index.ts'
import { sizeWords } from '../../components/sizes.ts'
import { confirmationOf } from './confirmation.ts'
import { DELETED_KINDS, type DeletedKind } from './deleted-kinds.ts'

export type Counts = Partial<Record<DeletedKind, number>> & { bytes?: number; onLegalHold?: number }

interface DeletionDialogProps {
  opened: boolean
  onClose: () => void
  title: string
  counts: Counts | undefined
  /** Counts of this size mean *at least*. */
  most: Partial<Record<DeletedKind, number>>
  keeps?: readonly string[]
  busy: boolean
  error: unknown
  onRetry?: (() => void) | undefined
  onConfirm: () => void
}

/** Confirms a retention with the counts of what it deletes at once. */
export function DeletionDialog(props: DeletionDialogProps) {
  const { counts, most, keeps = [], busy, error, onRetry, onConfirm, opened, onClose, title } = props
  const text = words.retention
  const lines = counts ? linesOf(counts, most) : []
  const state = { isCounted: counts !== undefined, isEmpty: lines.length === 0, hasFailed: error != null }
  const { sentence, waiting } = confirmationOf(state)
  const held = counts?.onLegalHold ?? 0
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={title}
      {...(sentence !== undefined && { sentence })}
      removes={lines}
      keeps={held > 0 ? [...keeps, text.keepsHeld(held, number.format(held))] : keeps}
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

const number = new Intl.NumberFormat(language)

function linesOf(counts: Counts, most: Partial<Record<DeletedKind, number>>): string[] {
  return DELETED_KINDS.flatMap((kind) => {
    const count = counts[kind] ?? 0
    if (count === 0) return []
    const limit = most[kind]
    const figure = number.format(count)
    const shown = limit !== undefined && count >= limit ? words.orMore(figure) : figure
    return [words.retention.deleted[kind](count, shown, sizeWords(counts.bytes ?? 0))]
  })
}
