import { Button, Modal, Stack, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { patchCloudProvidersIdCredentialsCredentialIdMutation, type ProviderCredential } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { FormActions } from '../../components/form-actions.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { toDay, parseExpiryDay } from '../setup/expiry-day.ts'

const text = words.cloudProviders.credentials

interface ChangeExpiryProps {
  providerId: string
  credential: ProviderCredential
  /** Name of the secret in the list. */
  name: string
}

/** Expiry date of a stored secret, entered later or corrected. An empty one is deleted. */
export function ChangeExpiry({ providerId, credential, name }: ChangeExpiryProps) {
  const [opened, { open, close }] = useDisclosure(false)
  const label = credential.expiresAt === undefined ? text.enterExpiry : text.changeExpiry
  return (
    <>
      <Button size="xs" variant="default" onClick={open} aria-label={`${label}: ${name}`}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={text.endOf(name)} closeButtonProps={{ 'aria-label': words.close }}>
        <EndForm providerId={providerId} credential={credential} onDone={close} />
      </Modal>
    </>
  )
}

interface EndFormProps {
  providerId: string
  credential: ProviderCredential
  onDone: () => void
}

function EndForm({ providerId, credential: { id: credentialId, expiresAt }, onDone }: EndFormProps) {
  const [day, setDay] = useState(expiresAt === undefined ? '' : toDay(expiresAt))
  const refresh = useRefresh('cloud-providers')
  const save = useOnce({
    ...patchCloudProvidersIdCredentialsCredentialIdMutation(),
    onSuccess: async () => {
      onDone()
      await refresh()
    },
  })
  const wrong = fieldFault(save.error, 'expiresAt')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const body = { expiresAt: day === '' ? null : parseExpiryDay(day) }
        save.mutate({ path: { id: providerId, credentialId }, body })
      }}
    >
      <Stack>
        {save.error && wrong === undefined && <ProblemNotice error={save.error} />}
        <TextInput
          type="date"
          label={words.setup.provider.expiresAt}
          description={text.expiryHint}
          value={day}
          onChange={({ currentTarget }) => setDay(currentTarget.value)}
          error={wrong}
          data-autofocus
        />
        <FormActions submit={words.save} isPending={save.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}
