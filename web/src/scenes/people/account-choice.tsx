import { Checkbox, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsOptions } from '../../api/client.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'

interface AccountChoiceProps {
  label: string
  description?: string
  value: string[]
  onChange: (ids: string[]) => void
  error?: string | undefined
}

/** Choice of connected mailboxes. */
export function AccountChoice({ label, description, value, onChange, error }: AccountChoiceProps) {
  const accounts = useQuery(getEmailAccountsOptions())
  if (accounts.error) return <ProblemNotice error={accounts.error} onRetry={() => void accounts.refetch()} />
  return (
    <Checkbox.Group label={label} description={description} value={value} onChange={onChange} error={error}>
      <Stack gap={8} mt="xs" mah={260} style={{ overflowY: 'auto' }}>
        {accounts.data?.emailAccounts.map(({ id, key, name, address }) => (
          <Checkbox key={id} value={id} label={`${key} · ${name}`} description={address} />
        ))}
        {accounts.data?.emailAccounts.length === 0 && <Text size="sm">{words.people.noneConnected}</Text>}
      </Stack>
    </Checkbox.Group>
  )
}
