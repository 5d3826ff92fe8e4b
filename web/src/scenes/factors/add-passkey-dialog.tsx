import { addPasskey } from '../../api/passkeys.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { NamingDialog } from '../../components/naming-dialog.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { words } from '../../words/index.ts'
import { PASSKEY_NAME } from './passkey-name.ts'
import { PasskeyProblem } from './passkey-problem.tsx'

interface AddPasskeyDialogProps {
  onClose: () => void
  onCodes: (codes: readonly string[] | undefined) => void
}

export function AddPasskeyDialog({ onClose, onCodes }: AddPasskeyDialogProps) {
  const text = words.factors.passkeys
  const refresh = useRefresh('account', 'people', 'session')
  const add = useOnce<Awaited<ReturnType<typeof addPasskey>>, Error, string>({
    mutationFn: addPasskey,
    onSuccess: async ({ passkey, recoveryCodes }) => {
      showNotice({ message: text.added(passkey.name) })
      onClose()
      onCodes(recoveryCodes)
      await refresh()
    },
  })
  return (
    <NamingDialog
      {...PASSKEY_NAME}
      title={text.addTitle}
      sentence={text.addSentence}
      hint={text.nameHint}
      initial={text.suggested}
      submit={text.add}
      busy={add.isPending}
      problem={add.error && <PasskeyProblem error={add.error} />}
      onSubmit={(name) => add.mutate(name)}
      onClose={onClose}
    />
  )
}
