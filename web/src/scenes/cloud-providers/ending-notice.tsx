import { Alert, List, Text } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsOptions, type CloudProvider } from '../../api/client.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

const text = words.cloudProviders.ending

/** The countdown to the end of the last credential that works, with every mailbox that stops then. */
export function EndingNotice({ provider: { id, ending } }: { provider: CloudProvider }) {
  const { data } = useQuery(getEmailAccountsOptions())
  if (!ending) return undefined
  const stopped = data?.emailAccounts.filter(({ cloudProviderId }) => cloudProviderId === id) ?? []
  return (
    <Alert
      color={ending.daysLeft <= 7 ? 'red' : 'yellow'}
      variant="light"
      icon={<IconClock aria-hidden />}
      title={text.title(ending.kind, ending.daysLeft)}
    >
      <Text size="sm">
        <Time at={ending.endsAt} />. {stopped.length === 0 ? text.nobody : text.sentence}
      </Text>
      {stopped.length > 0 && (
        <List size="sm" mt="xs">
          {stopped.map((account) => (
            <List.Item key={account.id}>
              {account.name} · {account.address}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  )
}
