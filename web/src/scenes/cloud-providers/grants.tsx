import { Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  type CloudProvider,
  deleteGrantsIdMutation,
  getGrantsIdRemovalOptions,
  getGrantsOptions,
  type Grant,
} from '../../api/client.ts'
import { useOnce } from '../../api/use-once.ts'
import { clock } from '../../clock.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { StateBadge } from '../../components/state-badge.tsx'
import { exactTime } from '../../components/time-text.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { GrantScopes } from '../setup/grant-scopes.tsx'
import { DeviceCodeAllowance } from './device-code-allowance.tsx'
import { Dependents } from './dependents.tsx'
import { grantDays } from './grant-days.ts'
import { GrantTrouble } from './grant-trouble.tsx'
import { RevokeConsent, type Disconnected } from './revoke-consent.tsx'

const text = words.cloudProviders.grants

/** Sign-ins of this registration, with their permissions and mailboxes. */
export function Grants({ provider }: { provider: CloudProvider }) {
  const { id } = provider
  const { data, error, refetch } = useQuery(getGrantsOptions({ query: { cloudProviderId: id } }))
  const queryClient = useQueryClient()
  // Kept here, because the row disappears with the sign-in.
  const [disconnected, setDisconnected] = useState<Disconnected>()
  const onDisconnected = async (each: Disconnected) => {
    setDisconnected(each)
    await queryClient.invalidateQueries({ queryKey: [{ tags: ['grants'] }] })
  }
  return (
    <Section
      title={text.title}
      actions={
        <ButtonLink to="/set-up" search={{ step: 'c', provider: id }} size="xs" variant="default">
          {text.go}
        </ButtonLink>
      }
    >
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={1} />}
      {data?.grants.length === 0 && <Text size="sm">{text.none}</Text>}
      {data?.grants.map((grant) => (
        <GrantRow key={grant.id} grant={grant} onDisconnected={onDisconnected} />
      ))}
      {disconnected && <RevokeConsent {...disconnected} onClose={() => setDisconnected(undefined)} />}
      <DeviceCodeAllowance provider={provider} />
    </Section>
  )
}

function GrantRow({ grant, onDisconnected }: Pick<DisconnectGrantProps, 'grant' | 'onDisconnected'>) {
  const { displayName, userName, createdAt } = grant
  const [isOpen, { open, close }] = useDisclosure(false)
  const authenticate = words.setupAuthenticate
  return (
    <Stack gap={4}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Group gap="xs">
            <Text fw={500}>{displayName}</Text>
            <StateBadge state={grant.state} />
            {grant.isPersonal && <Text size="sm">{text.personal}</Text>}
          </Group>
          <Text size="sm" c="dimmed">
            {userName} · {authenticate.since} <Time at={createdAt} />
          </Text>
          <GrantAge grant={grant} />
        </div>
        <Button
          size="xs"
          variant="default"
          onClick={open}
          aria-label={text.disconnectLabel(displayName)}
          style={{ flexShrink: 0 }}
        >
          {text.disconnect}
        </Button>
      </Group>
      <GrantTrouble grant={grant} />
      <Dependents grant={grant} />
      <GrantScopes grant={grant} />
      <DisconnectGrant grant={grant} opened={isOpen} onClose={close} onDisconnected={onDisconnected} />
    </Stack>
  )
}

interface DisconnectGrantProps {
  grant: Grant
  opened: boolean
  onClose: () => void
  onDisconnected: (disconnected: Disconnected) => Promise<void>
}

function DisconnectGrant({ grant, opened, onClose, onDisconnected }: DisconnectGrantProps) {
  const { id, displayName } = grant
  const preview = useQuery({ ...getGrantsIdRemovalOptions({ path: { id } }), enabled: opened })
  const disconnect = useOnce({
    ...deleteGrantsIdMutation(),
    onSuccess: async () => {
      onClose()
      await onDisconnected({ grant, commands: preview.data?.revocation })
    },
  })
  const { isPossible = false, emailAccounts = [], openSignInLinks = 0 } = preview.data ?? {}
  const isBlocked = preview.data !== undefined && !isPossible
  const addresses = emailAccounts.map(({ address }) => address).join(', ')
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={text.disconnectTitle(displayName)}
      {...(isBlocked && { sentence: text.blocked(addresses) })}
      removes={
        isBlocked ? [] : [...text.disconnectRemoves, ...(openSignInLinks > 0 ? [text.linksGo(openSignInLinks)] : [])]
      }
      keeps={isBlocked ? [] : text.disconnectKeeps}
      confirm={text.disconnectButton}
      onConfirm={() => disconnect.mutate({ path: { id } })}
      busy={disconnect.isPending}
      waiting={!isPossible}
      error={disconnect.error ?? preview.error}
      destructive
    />
  )
}

/** Age of the sign-in at Microsoft, and its remaining lifetime if unused. */
function GrantAge({ grant }: { grant: Grant }) {
  const { old, left } = grantDays(grant, clock.now())
  const exact = text.tokenAt(exactTime(new Date(grant.refreshTokenAt)), exactTime(new Date(grant.expiresUnusedAt)))
  return (
    <Text size="sm" c="dimmed" title={exact}>
      {grant.ended ? text.renewedLast(old) : `${text.renewed(old)} · ${text.endsUnused(left)}`}
    </Text>
  )
}
