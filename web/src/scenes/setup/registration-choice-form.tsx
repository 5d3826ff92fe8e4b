import { NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import type { Cloud } from '../../api/client.ts'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { AccountTypesChoice } from './account-types-choice.tsx'
import { OpenedByChoice } from './opened-by-choice.tsx'
import { ProofChoice } from './proof-choice.tsx'
import type { RegistrationChoice } from './registration-choice.ts'

interface RegistrationChoiceFormProps {
  clouds: readonly Cloud[]
  choice: RegistrationChoice
  onChange: (choice: RegistrationChoice) => void
}

/** Settings of the work order. It is drawn again after every change. */
export function RegistrationChoiceForm({ clouds, choice, onChange }: RegistrationChoiceFormProps) {
  const text = words.setup.register
  const { cloud, accountTypes, openedBy, proof, displayName } = choice
  const hasPersonal = clouds.find(({ id }) => id === cloud)?.personalAccounts ?? false
  return (
    <Section title={text.request}>
      <Stack>
        <NativeSelect
          label={text.cloud}
          description={text.cloudHint}
          value={cloud}
          onChange={({ currentTarget }) => onChange({ ...choice, cloud: currentTarget.value })}
          data={clouds.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <AccountTypesChoice
          value={accountTypes}
          hasPersonal={hasPersonal}
          onChange={(types) => onChange({ ...choice, accountTypes: types })}
        />
        <OpenedByChoice
          value={openedBy}
          onlyPeople={accountTypes === 'multitenant-and-personal'}
          onChange={(way) => onChange({ ...choice, openedBy: way })}
        />
        <ProofChoice value={proof} onChange={(next) => onChange({ ...choice, proof: next })} />
        <TextInput
          label={text.displayName}
          description={text.displayNameHint}
          maxLength={120}
          value={displayName}
          onChange={({ currentTarget }) => onChange({ ...choice, displayName: currentTarget.value })}
        />
        <div>
          <Text size="sm" fw={500}>
            {text.protocols}
          </Text>
          <Text size="sm" c="dimmed">
            {accountTypes === 'multitenant-and-personal' ? text.connectionUser : text.connectionShared}
          </Text>
        </div>
      </Stack>
    </Section>
  )
}
