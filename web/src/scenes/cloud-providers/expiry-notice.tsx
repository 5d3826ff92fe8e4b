import { Alert, List, Text } from '@mantine/core'
import { IconAlertTriangle, IconClock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import {
  getCloudProvidersIdCredentialsOptions,
  getEmailAccountsOptions,
  type CloudProvider,
  type ProviderCredential,
} from '../../api/client.ts'
import { clock } from '../../clock.ts'
import { ExactDay } from '../../components/exact-day.tsx'
import { Warning } from '../../components/warning.tsx'
import { words } from '../../words/index.ts'
import { credentialNames } from './credential-names.ts'
import { daysLeft, lastToEnd, RED_DAYS } from './expiry-dates.ts'

const text = words.expiry.ending

/**
 * Notice about the expiry of the last working credential: days left and dependent mailboxes, a passed date with a
 * secret that still works, or an unknown date.
 */
export function ExpiryNotice({ provider }: { provider: CloudProvider }) {
  const { id, expiry } = provider
  const { data } = useQuery(getCloudProvidersIdCredentialsOptions({ path: { id } }))
  const last = data && lastToEnd(data.credentials)
  if (expiry) return <Countdown provider={provider} expiry={expiry} />
  if (last?.standing.state !== 'works') return undefined
  if (last.expiresAt === undefined) {
    return (
      <Warning title={text.unknownTitle(last.kind)}>
        <Text size="sm">{text.unknown}</Text>
      </Warning>
    )
  }
  return daysLeft(last.expiresAt, clock.now()) <= 0 ? <Past credential={last} expiresAt={last.expiresAt} /> : undefined
}

function Countdown({
  provider: { id },
  expiry: { credentialId, kind, expiresAt },
}: {
  provider: CloudProvider
  expiry: NonNullable<CloudProvider['expiry']>
}) {
  const { data } = useQuery(getEmailAccountsOptions())
  const credentials = useQuery(getCloudProvidersIdCredentialsOptions({ path: { id } })).data?.credentials ?? []
  const name = credentialNames(credentials).get(credentialId) ?? text.it
  const stopped = data?.emailAccounts.filter(({ cloudProviderId }) => cloudProviderId === id) ?? []
  const days = daysLeft(expiresAt, clock.now())
  return (
    <Alert
      color={days <= RED_DAYS ? 'red' : 'yellow'}
      variant="light"
      icon={<IconClock aria-hidden />}
      title={text.title(kind, days)}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <Text size="sm">
        {text.onDay} <ExactDay at={expiresAt} />. {stopped.length === 0 ? text.noDependents(name) : text.sentence(name)}
      </Text>
      {stopped.length > 0 && (
        <List size="sm" my="xs">
          {stopped.map((account) => (
            <List.Item key={account.id}>
              {account.name} · {account.address}
            </List.Item>
          ))}
        </List>
      )}
      <Text size="sm">{text.remedy[kind]}</Text>
    </Alert>
  )
}

/** Microsoft knows the true date: the entered one is wrong, or the refusal is still to come. */
function Past({ credential: { kind }, expiresAt }: { credential: ProviderCredential; expiresAt: string }) {
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={text.pastTitle(kind)}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <Text size="sm">
        {text.wasOn} <ExactDay at={expiresAt} />. {text.past}
      </Text>
    </Alert>
  )
}
