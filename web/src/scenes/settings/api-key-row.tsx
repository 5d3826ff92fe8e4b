import { Button, Code, Group, Paper, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { deleteApiKeysIdMutation, getEmailAccountsOptions, getPeopleOptions, type ApiKey } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Time } from '../../components/time.tsx'
import { language, words } from '../../words/index.ts'

export function ApiKeyRow({ apiKey }: { apiKey: ApiKey }) {
  const { id, name, prefix, scopes, createdBy, createdAt, lastUsedAt, revokedAt } = apiKey
  const { keys } = words.settings
  const [asking, { open, close }] = useDisclosure(false)
  const maker = useQuery(getPeopleOptions()).data?.people.find((person) => person.id === createdBy)
  const refresh = useRefresh('api-keys')
  const revoke = useMutation({
    ...deleteApiKeysIdMutation(),
    onSuccess: async () => {
      close()
      await refresh()
    },
  })
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text fw={600} size="sm">
            {name} <Code>{prefix}…</Code>
          </Text>
          <Text size="sm">
            {scopes.join(', ')} · <Accounts apiKey={apiKey} />
          </Text>
          <Text size="xs" c="dimmed">
            {maker && `${keys.by(maker.name)} `}
            <Time at={createdAt} /> · {lastUsedAt ? keys.used : keys.neverUsed} {lastUsedAt && <Time at={lastUsedAt} />}
            {revokedAt && (
              <>
                {' '}
                · {keys.revoked} <Time at={revokedAt} />
              </>
            )}
          </Text>
        </div>
        {!revokedAt && (
          <Button size="xs" variant="default" onClick={open} aria-label={keys.revokeOf(name)}>
            {keys.revoke}
          </Button>
        )}
      </Group>
      <ConfirmDialog
        opened={asking}
        onClose={close}
        title={keys.revokeTitle(name)}
        removes={keys.revokeRemoves}
        keeps={keys.revokeKeeps}
        confirm={keys.revokeButton}
        busy={revoke.isPending}
        error={revoke.error}
        destructive
        onConfirm={() => revoke.mutate({ path: { id } })}
      />
    </Paper>
  )
}

function Accounts({ apiKey: { emailAccountIds } }: { apiKey: ApiKey }) {
  const { data } = useQuery(getEmailAccountsOptions())
  const { allAccounts, goneAccount } = words.settings.keys
  if (emailAccountIds === 'all') return allAccounts
  const names = emailAccountIds.map((id) => data?.emailAccounts.find((one) => one.id === id)?.address ?? goneAccount)
  return new Intl.ListFormat(language).format(names)
}
