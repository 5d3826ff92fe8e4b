import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { clockTime } from '../../../components/time-text.ts'
import { words } from '../../../words/index.ts'
import type { OtherAnswer } from './use-second-answer.ts'

interface SecondAnswerDialogProps {
  /** Open while it is defined. */
  other: OtherAnswer | undefined
  onClose: () => void
  onConfirm: () => void
}

/** Confirms a second reply to a customer. Closing it keeps the text, and shows the other reply above it. */
export function SecondAnswerDialog({ other, onClose, onConfirm }: SecondAnswerDialogProps) {
  const { title, sentence, confirm } = words.composer.secondAnswer
  return (
    <ConfirmDialog
      opened={other !== undefined}
      onClose={onClose}
      title={title}
      sentence={other && sentence(other.by, other.at === undefined ? undefined : clockTime(new Date(other.at)))}
      confirm={confirm}
      onConfirm={onConfirm}
    />
  )
}
