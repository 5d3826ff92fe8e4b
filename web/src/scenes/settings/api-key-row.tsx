import { Button, Code, Group, Paper, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { deleteApiKeysIdMutation, getEmailAccountsOptions, type ApiKey } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { clock } from '../../clock.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { SignBadge } from '../../components/sign-badge.tsx'
import { Time } from '../../components/time.tsx'
import { language, words } from '../../words/index.ts'
import { isExpired } from './is-expired.ts'

export function ApiKeyRow({ apiKey }: { apiKey: ApiKey }) {
  const { id, name, prefix, scopes, allowedNetworks, createdByName, createdAt, expiresAt, lastUsedAt, revokedAt } =
    apiKey
  const { keys } = words.settings
  const [asking, { open, close }] = useDisclosure(false)
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
          {/* A badge is a block, which a paragraph can't contain. */}
          <Text fw={600} size="sm" component="div">
            {name} <Code>{prefix}…</Code> {!revokedAt && <ExpiryBadge expiresAt={expiresAt} />}
          </Text>
          <Text size="sm">
            {scopes.join(', ')} · <Accounts apiKey={apiKey} />
            {allowedNetworks.length > 0 && ` · ${keys.from(new Intl.ListFormat(language).format(allowedNetworks))}`}
          </Text>
          <Text size="xs" c="dimmed">
            {keys.by(createdByName)} <Time at={createdAt} /> ·{' '}
            {!revokedAt && (
              <>
                <Expiry expiresAt={expiresAt} /> ·{' '}
              </>
            )}
            {lastUsedAt ? keys.used : keys.neverUsed} {lastUsedAt && <Time at={lastUsedAt} />}
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

function Expiry({ expiresAt }: { expiresAt: string | undefined }) {
  const { expires, expiredOn, neverExpires } = words.settings.keys
  if (expiresAt === undefined) return neverExpires
  return (
    <>
      {isExpired({ expiresAt }, clock.now()) ? expiredOn : expires} <Time at={expiresAt} />
    </>
  )
}

const SOON_MS = 14 * 24 * 60 * 60 * 1000

function ExpiryBadge({ expiresAt }: { expiresAt: string | undefined }) {
  const { expired, expiresSoon } = words.settings.keys
  if (expiresAt === undefined) return null
  const leftMs = Date.parse(expiresAt) - clock.now().getTime()
  if (leftMs > SOON_MS) return null
  return (
    <SignBadge color={leftMs > 0 ? 'orange' : 'red'} Sign={IconAlertTriangle}>
      {leftMs > 0 ? expiresSoon : expired}
    </SignBadge>
  )
}

function Accounts({ apiKey: { emailAccountIds } }: { apiKey: ApiKey }) {
  const { data } = useQuery(getEmailAccountsOptions())
  const { allAccounts, goneAccount } = words.settings.keys
  if (emailAccountIds === 'all') return allAccounts
  const names = emailAccountIds.map((id) => data?.emailAccounts.find((one) => one.id === id)?.address ?? goneAccount)
  return new Intl.ListFormat(language).format(names)
}
