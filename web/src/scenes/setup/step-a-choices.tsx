import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Cloud } from '../../api/client.ts'
import { Facts } from '../../components/facts.tsx'
import { words } from '../../words/index.ts'
import { AccountTypesChoice } from './account-types-choice.tsx'
import { OpenedByChoice } from './opened-by-choice.tsx'
import { ProofChoice } from './proof-choice.tsx'
import type { Proof, RegistrationChoice } from './registration-choice.ts'

const { provider: text, register } = words.setup

interface StepAChoicesProps {
  clouds: readonly Cloud[]
  choice: RegistrationChoice
  onChange: (choice: RegistrationChoice) => void
  proof: Proof
  onProof: (proof: Proof) => void
  /** The choices of a returned work order are fixed; only the credential is open. */
  isOrder: boolean
}

/** Choices of step A, read-only; Change opens the questions in place. */
export function StepAChoices({ clouds, choice, onChange, proof, onProof, isOrder }: StepAChoicesProps) {
  const [isOpen, { open }] = useDisclosure(false)
  const { cloud, accountTypes, openedBy } = choice
  const chosen = clouds.find(({ id }) => id === cloud)
  const facts = [
    [register.cloud, chosen?.name ?? cloud],
    [register.accountTypes, register.types[accountTypes].name],
    [register.openedBy, register.opens[openedBy].name],
    [register.proof, register.proofs[proof].name],
  ] as const
  if (!isOpen) {
    return (
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {text.chosen}
        </Text>
        <Facts facts={facts} />
        <Group>
          <Button size="xs" variant="default" onClick={open} aria-label={text.changeChosen}>
            {text.change}
          </Button>
        </Group>
      </Stack>
    )
  }
  return (
    <>
      {isOrder ? (
        <Facts facts={facts.slice(0, -1)} />
      ) : (
        <>
          <NativeSelect
            label={register.cloud}
            value={cloud}
            onChange={({ currentTarget }) => onChange({ ...choice, cloud: currentTarget.value })}
            data={clouds.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <AccountTypesChoice
            value={accountTypes}
            hasPersonal={chosen?.personalAccounts ?? false}
            onChange={(types) => onChange({ ...choice, accountTypes: types })}
          />
          <OpenedByChoice
            value={openedBy}
            onlyPeople={accountTypes === 'multitenant-and-personal'}
            onChange={(way) => onChange({ ...choice, openedBy: way })}
          />
        </>
      )}
      <ProofChoice value={proof} onChange={onProof} />
    </>
  )
}
