import { Stack, Text, TextInput } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { getCloudsOptions, patchCloudProvidersIdMutation, type CloudProvider } from '../../api/client.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { FormActions } from '../../components/form-actions.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { AccountTypesChoice } from '../setup/account-types-choice.tsx'
import { OpenedByChoice } from '../setup/opened-by-choice.tsx'
import { applicationAccess, type OpenedBy } from '../setup/registration-choice.ts'

const text = words.cloudProviders.details
const { provider: labels } = words.setup

export function EditCloudProvider({ provider, onDone }: { provider: CloudProvider; onDone: () => void }) {
  const { id, cloud } = provider
  const openedBy: OpenedBy = provider.application ?? 'people'
  const [fields, setFields] = useState({
    name: provider.name,
    contact: provider.contact,
    deputy: provider.deputy ?? '',
    accountTypes: provider.accountTypes,
    openedBy: openedBy,
  })
  const { data } = useQuery({ ...getCloudsOptions(), staleTime: Infinity })
  const queryClient = useQueryClient()
  const save = useMutation({
    ...patchCloudProvidersIdMutation(),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: [{ tags: ['cloud-providers'] }] })
      showNotice({ message: text.saved })
      onDone()
    },
  })
  const field = (name: 'name' | 'contact' | 'deputy', props: { label: string; description: string; type?: string }) => (
    <TextInput
      {...props}
      required={name !== 'deputy'}
      value={fields[name]}
      onChange={({ currentTarget }) => setFields({ ...fields, [name]: currentTarget.value })}
      error={fieldFault(save.error, name)}
    />
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const { name, contact, deputy, accountTypes, openedBy } = fields
        const application = applicationAccess(openedBy) ?? null
        const who = { contact: contact.trim(), deputy: deputy.trim() === '' ? null : deputy.trim() }
        save.mutate({ path: { id }, body: { name: name.trim(), accountTypes, application, ...who } })
      }}
    >
      <Stack>
        {save.error && <ProblemNotice error={save.error} />}
        {field('name', { label: labels.name, description: labels.nameHint })}
        {field('contact', { label: labels.contact, description: labels.contactHint, type: 'email' })}
        {field('deputy', {
          label: `${labels.deputy} (${labels.optional})`,
          description: labels.deputyHint,
          type: 'email',
        })}
        <AccountTypesChoice
          value={fields.accountTypes}
          hasPersonal={data?.clouds.find((one) => one.id === cloud)?.personalAccounts ?? false}
          onChange={(accountTypes) => setFields({ ...fields, accountTypes })}
        />
        <OpenedByChoice
          value={fields.openedBy}
          onlyPeople={fields.accountTypes === 'multitenant-and-personal'}
          onChange={(openedBy) => setFields({ ...fields, openedBy })}
        />
        <Text size="sm" c="dimmed">
          {text.fixed}
        </Text>
        <FormActions submit={words.save} isPending={save.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}
