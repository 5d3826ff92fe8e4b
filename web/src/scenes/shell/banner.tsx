import { Alert, Anchor, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { getCloudProvidersOptions, type Reason } from '../../api/client.ts'
import { Time } from '../../components/time.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { useStoppedAccounts } from './account-health.ts'
import { incidentsOf, type Incident } from './incidents.ts'

/** Over every page as long as a mailbox of mine has stopped: which, since when, and who can end it. */
export function Banner() {
  const { shown, more } = incidentsOf(useStoppedAccounts())
  return (
    <>
      {shown.map((incident) =>
        incident.cloudProviderId === undefined ? (
          <AccountLine key={incident.key} incident={incident} />
        ) : (
          <ProviderLine key={incident.key} incident={incident} id={incident.cloudProviderId} />
        ),
      )}
      {more.map(({ key, reason, count }) => (
        <Line key={`more ${key}`} to="/email-accounts" reason={reason}>
          {words.shell.more(count, reason?.title)}
        </Line>
      ))}
    </>
  )
}

function AccountLine({ incident: { accounts, reason, since } }: { incident: Incident }) {
  const { id, address, state } = accounts[0]!
  return (
    <Line to={`/email-accounts/${id}`} reason={reason}>
      <b>{words.shell.stopped(address, words.states[state])}</b>
      {reason && `. ${reason.title}.`} {words.shell.since} <Time at={since} />.
    </Line>
  )
}

function ProviderLine({ incident: { accounts, reason, since }, id }: { incident: Incident; id: string }) {
  const isAdmin = useMe().role === 'admin'
  // Agents do not see Cloud Providers.
  const providers = useQuery({ ...getCloudProvidersOptions(), enabled: isAdmin }).data?.cloudProviders
  const name = providers?.find((each) => each.id === id)?.name ?? words.shell.cloudProvider
  return (
    <Line to={`/cloud-providers/${id}`} reason={reason}>
      <b>{words.shell.rejected(name, reason?.title ?? '', accounts.length)}</b>. {words.shell.since} <Time at={since} />
      .
    </Line>
  )
}

/** An admin is led there; others are told whose turn it is. */
function Line({ to, reason, children }: { to: string; reason: Reason | undefined; children: ReactNode }) {
  const { role } = useMe()
  return (
    <Alert color="red" radius={0} py="xs" icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Group gap="xs">
        <Text size="sm">{children}</Text>
        {role === 'admin' ? (
          <Anchor component={Link} to={to} size="sm">
            {words.shell.look}
          </Anchor>
        ) : (
          reason && <Text size="sm">{words.remedies[reason.remedy]}</Text>
        )}
      </Group>
    </Alert>
  )
}
