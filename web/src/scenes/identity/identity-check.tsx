import { useEffect, useState } from 'react'
import { onConfirmationNeeded } from '../../api/confirmation.ts'
import { lazyForm } from '../inbox/lazy-form.ts'
import { useDialogCode } from '../inbox/lazy-part.tsx'

const CODE = lazyForm('identity-dialog', () => import('./identity-dialog.tsx'))

/** Shows the dialog while a request waits for it. Its code is loaded when first needed. */
export function IdentityCheck() {
  const [question, ask] = useState<{ answer: (isConfirmed: boolean) => void }>()
  useEffect(() => onConfirmationNeeded(() => new Promise((answer) => ask({ answer }))), [])
  // The session ended while the dialog was open: the next question must not wait for this one.
  useEffect(() => () => question?.answer(false), [question])
  const leave = (isConfirmed: boolean) => {
    question?.answer(isConfirmed)
    ask(undefined)
  }
  const opened = question !== undefined
  const code = useDialogCode(CODE, { opened, enabled: opened, onClose: () => leave(false) })
  return code && <code.IdentityDialog opened={opened} onLeave={leave} />
}
