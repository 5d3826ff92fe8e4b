import { Badge, Group, Text, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsOptions } from '../../api/client.ts'
import { words } from '../../words/index.ts'

/** Keys of mailboxes, with name and address on hover. */
export function AccountKeys({ ids }: { ids: readonly string[] }) {
  const { data } = useQuery(getEmailAccountsOptions())
  if (ids.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.people.noAccounts}
      </Text>
    )
  }
  const known = data?.emailAccounts.filter(({ id }) => ids.includes(id)) ?? []
  return (
    <Group gap={4} justify="flex-end">
      {known.map(({ id, key, name, address }) => (
        <Tooltip key={id} label={`${name}, ${address}`}>
          <Badge variant="default" radius="sm" tt="none">
            {key}
          </Badge>
        </Tooltip>
      ))}
    </Group>
  )
}
