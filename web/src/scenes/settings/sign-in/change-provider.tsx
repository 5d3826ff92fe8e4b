import { Modal, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { patchIdentityProvidersIdMutation, type IdentityProvider } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { fieldFault } from '../../../components/field-fault.ts'
import { FormActions } from '../../../components/form-actions.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { AdmissionFields, fromAdmission, toAdmission } from './admission-fields.tsx'

/** Changes name, client secret and admission. Issuer and client ID identify the provider and stay. */
export function ChangeProvider({ provider, onClose }: { provider: IdentityProvider; onClose: () => void }) {
  const [name, setName] = useState(provider.name)
  const [secret, setSecret] = useState('')
  const [admission, setAdmission] = useState(() => fromAdmission(provider.admission))
  const refresh = useRefresh('identity-providers', 'sign-in-options')
  const text = words.signInProviders
  const change = useOnce({
    ...patchIdentityProvidersIdMutation(),
    onSuccess: async () => {
      await refresh()
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={text.changeOf(provider.name)} closeOnClickOutside={false} centered size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const clientSecret = secret.trim()
          change.mutate({
            path: { id: provider.id },
            body: {
              name: name.trim(),
              admission: toAdmission(admission),
              ...(clientSecret !== '' && { clientSecret }),
            },
          })
        }}
      >
        <Stack>
          <TextInput
            label={text.name}
            description={text.nameHint}
            required
            data-autofocus
            autoComplete="off"
            value={name}
            error={fieldFault(change.error, 'name')}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          {provider.cloudProviderId === undefined && (
            <PasswordInput
              label={text.newSecret}
              description={text.newSecretHint}
              autoComplete="new-password"
              value={secret}
              error={fieldFault(change.error, 'clientSecret')}
              onChange={({ currentTarget }) => setSecret(currentTarget.value)}
            />
          )}
          <AdmissionFields value={admission} onChange={setAdmission} />
          {change.error && <ProblemNotice error={change.error} />}
          <FormActions submit={text.save} isPending={change.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}
