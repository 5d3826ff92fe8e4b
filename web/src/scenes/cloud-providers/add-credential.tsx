import { Modal, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { postCloudProvidersIdCheck, postCloudProvidersIdCredentials, type CloudProvider } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { useOnce } from '../../api/use-once.ts'
import { FormActions } from '../../components/form-actions.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { isSecretAnId, toNewCredential, NO_SECRET, SECRET_CODES, SecretFields } from '../setup/secret-fields.tsx'
import { useUnsavedSecret } from '../setup/unsaved-secret.ts'

const text = words.cloudProviders.credentials

interface AddCredentialProps {
  provider: CloudProvider
  opened: boolean
  onClose: () => void
}

/** Adds a secret. The check that follows tries all credentials. */
export function AddCredential({ provider: { id }, opened, onClose }: AddCredentialProps) {
  const [value, setValue] = useUnsavedSecret(`add ${id}`)
  const [endsOn, setEndsOn] = useState('')
  const secret = { secret: value, endsOn }
  const setSecret = (next: typeof secret) => {
    setValue(next.secret)
    setEndsOn(next.endsOn)
  }
  const queryClient = useQueryClient()
  const add = useOnce({
    mutationFn: async () => {
      await postCloudProvidersIdCredentials({ path: { id }, body: toNewCredential(secret) })
      await postCloudProvidersIdCheck({ path: { id } }).catch(() => undefined)
    },
    onSuccess: async () => {
      setSecret(NO_SECRET)
      onClose()
      await queryClient.invalidateQueries({ queryKey: [{ tags: ['cloud-providers'] }] })
    },
  })
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={text.addTitle}
      size="lg"
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!isSecretAnId(secret)) add.mutate()
        }}
      >
        <Stack>
          {add.error && !SECRET_CODES.includes(toProblem(add.error).code) && <ProblemNotice error={add.error} />}
          <SecretFields value={secret} onChange={setSecret} error={add.error} />
          <FormActions submit={text.addButton} isPending={add.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}
