import { Modal, NativeSelect, PasswordInput, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { newId } from '../../../api/new-id.ts'
import { getCloudProvidersOptions, postIdentityProvidersMutation } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { CopyValue } from '../../../components/copy-value.tsx'
import { fieldFault } from '../../../components/field-fault.ts'
import { FormActions } from '../../../components/form-actions.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { AdmissionFields, ONLY_INVITED, toAdmission } from './admission-fields.tsx'

const BLANK = { name: '', cloudProviderId: '', issuer: '', clientId: '', clientSecret: '' }
const CLIENTS = ['cloudProvider', 'separate'] as const

/** Asks for the client at the provider, and for the admission of new people. The provider is then disabled. */
export function NewProvider({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState<(typeof CLIENTS)[number]>('cloudProvider')
  const [input, setInput] = useState(BLANK)
  // Chosen here, so that the redirect URI can be registered before the client exists.
  const [id] = useState(newId)
  const [admission, setAdmission] = useState(ONLY_INVITED)
  const cloudProviders = useQuery(getCloudProvidersOptions()).data?.cloudProviders ?? []
  const refresh = useRefresh('identity-providers')
  const text = words.signInProviders
  const create = useOnce({
    ...postIdentityProvidersMutation(),
    onSuccess: async () => {
      await refresh()
      onClose()
    },
  })
  const cloudProviderId = input.cloudProviderId || (cloudProviders[0]?.id ?? '')
  const { issuer, clientId, clientSecret } = input
  const field = (name: Exclude<keyof typeof BLANK, 'cloudProviderId'>) => ({
    label: text[name],
    required: true,
    autoComplete: 'off',
    value: input[name],
    error: fieldFault(create.error, name === 'name' ? name : `client.${name}`),
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) =>
      setInput({ ...input, [name]: currentTarget.value }),
  })
  return (
    <Modal opened onClose={onClose} title={text.add} closeOnClickOutside={false} centered size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const client =
            kind === 'cloudProvider'
              ? { cloudProviderId }
              : { issuer: issuer.trim(), clientId: clientId.trim(), clientSecret: clientSecret.trim() }
          create.mutate({ body: { id, name: input.name.trim(), client, admission: toAdmission(admission) } })
        }}
      >
        <Stack>
          <TextInput {...field('name')} description={text.nameHint} data-autofocus />
          <Radio.Group
            label={text.client}
            value={kind}
            onChange={(value) => setKind(CLIENTS.find((one) => one === value) ?? kind)}
          >
            <Stack gap={8} mt="xs">
              {CLIENTS.map((one) => (
                <Radio key={one} value={one} label={text.clients[one]} />
              ))}
            </Stack>
          </Radio.Group>
          {kind === 'cloudProvider' && cloudProviders.length === 0 && <Text size="sm">{text.noCloudProvider}</Text>}
          {kind === 'cloudProvider' && cloudProviders.length > 0 && (
            <NativeSelect
              label={text.cloudProvider}
              description={text.cloudProviderHint}
              value={cloudProviderId}
              data={cloudProviders.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={({ currentTarget }) => setInput({ ...input, cloudProviderId: currentTarget.value })}
            />
          )}
          {kind === 'separate' && (
            <>
              <CopyValue name={text.register} value={`${location.origin}/sign-in/callback/${id}`} />
              <TextInput {...field('issuer')} description={text.issuerHint} />
              <TextInput {...field('clientId')} />
              <PasswordInput {...field('clientSecret')} autoComplete="new-password" />
            </>
          )}
          <AdmissionFields value={admission} onChange={setAdmission} />
          {create.error && <ProblemNotice error={create.error} />}
          <FormActions submit={text.create} isPending={create.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}
