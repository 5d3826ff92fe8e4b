import { Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { FormActions } from '../../../components/form-actions.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { ShownSecret } from './shown-secret.tsx'

interface SecretDialogProps {
  title: string
  /** Title beside the secret. */
  madeTitle: string
  submit: string
  /** Request that answers with the secret. */
  add: { data?: { secret: string } | undefined; error: unknown; isPending: boolean }
  onSubmit: () => void
  onClose: () => void
  /** Fields of the form. */
  children: ReactNode
}

/** Asks for something that has a secret, then shows the secret, once. */
export function SecretDialog({ title, madeTitle, submit, add, onSubmit, onClose, children }: SecretDialogProps) {
  return (
    <Modal opened onClose={onClose} title={add.data ? madeTitle : title} closeOnClickOutside={false} size="lg" centered>
      {add.data ? (
        <ShownSecret secret={add.data.secret} onDone={onClose} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            onSubmit()
          }}
        >
          <Stack>
            {children}
            {add.error != null && <ProblemNotice error={add.error} />}
            <FormActions submit={submit} isPending={add.isPending} onCancel={onClose} />
          </Stack>
        </form>
      )}
    </Modal>
  )
}
