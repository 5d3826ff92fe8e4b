import { postPeopleIdResetFactorsMutation } from '../../api/client.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { words } from '../../words/index.ts'
import type { PersonDialogProps } from './person-dialog.ts'

/** For a person who has lost their passkeys, phone and recovery codes. */
export function ResetFactorsDialog({ person, opened, onClose }: PersonDialogProps) {
  const { resetFactorsTitle, resetFactorsSentence, resetFactorsRemoves, resetFactorsKeeps, ...text } = words.people
  const leave = () => {
    onClose()
    reset.reset()
  }
  const reset = useOnce({
    ...postPeopleIdResetFactorsMutation(),
    onSuccess: () => {
      showNotice({ message: text.factorsReset(person.name) })
      leave()
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      onClose={leave}
      title={resetFactorsTitle(person.name)}
      sentence={resetFactorsSentence}
      removes={resetFactorsRemoves}
      keeps={resetFactorsKeeps}
      confirm={text.resetFactors}
      destructive
      busy={reset.isPending}
      error={reset.error}
      onConfirm={() => reset.mutate({ path: { id: person.id } })}
    />
  )
}
