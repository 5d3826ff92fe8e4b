import { MultiSelect, NativeSelect, NumberInput, SimpleGrid, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getPeopleOptions } from '../../api/client.ts'
import { FieldGroup } from '../../components/field-group.tsx'
import { words } from '../../words/index.ts'
import type { BatchRequest } from './batch-request.ts'

const text = words.accountBatches
const MOST_DAYS = 3650

interface BatchDefaultsProps {
  request: BatchRequest
  onChange: (request: BatchRequest) => void
}

/** Values of rows that have none of their own, and the agents of all mailboxes. */
export function BatchDefaults({ request, onChange }: BatchDefaultsProps) {
  const people = useQuery(getPeopleOptions()).data?.people ?? []
  const agents = people.filter(({ role }) => role === 'agent' || role === 'supervisor')
  return (
    <FieldGroup legend={text.defaults}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NativeSelect
          label={text.kind}
          value={request.kind}
          data={(['shared', 'user'] as const).map((value) => ({ value, label: text.kinds[value] }))}
          onChange={({ currentTarget }) =>
            onChange({ ...request, kind: currentTarget.value === 'user' ? 'user' : 'shared' })
          }
        />
        <TextInput
          label={text.contact}
          type="email"
          autoComplete="off"
          value={request.contact}
          onChange={({ currentTarget }) => onChange({ ...request, contact: currentTarget.value })}
        />
        <NumberInput
          label={text.importDays}
          min={0}
          max={MOST_DAYS}
          allowDecimal={false}
          value={request.importDays ?? ''}
          onChange={(value) => onChange({ ...request, importDays: value === '' ? undefined : Number(value) })}
        />
        {agents.length > 0 && (
          <MultiSelect
            label={text.agents}
            description={text.agentsHint}
            data={agents.map(({ id, name }) => ({ value: id, label: name }))}
            value={request.memberIds}
            onChange={(memberIds) => onChange({ ...request, memberIds })}
          />
        )}
      </SimpleGrid>
    </FieldGroup>
  )
}
