import { Alert, Anchor, Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconClock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { getCloudProvidersOptions, type EmailAccount, type Incident, type Reason } from '../../api/client.ts'
import { Time } from '../../components/time.tsx'
import { clock } from '../../clock.ts'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { daysLeft, RED_DAYS } from '../cloud-providers/expiry-dates.ts'
import { shortNames } from '../incidents/short-names.ts'
import { useStoppedAccounts } from './account-health.ts'
import { bannerLines } from './banner-lines.ts'
import { MissingFactorLine } from './missing-factor-line.tsx'
import { useOpenIncidents } from './open-incidents.ts'

/** Banner on every page while an incident concerns the user: the cause, the start, and the responsible person. */
export function Banner() {
  const { incidents, moreIncidents, accounts, moreAccounts } = bannerLines(useOpenIncidents(), useStoppedAccounts())
  const { pathname } = useLocation()
  const { missingFactor } = useMe()
  return (
    <>
      {missingFactor && <MissingFactorLine requiredFrom={missingFactor.requiredFrom} />}
      {incidents
        // Hidden on its own page and in the list, which show more.
        .filter(({ id }) => !['/incidents', `/incidents/${id}`].includes(pathname))
        .map((incident) => (
          <IncidentLine key={incident.id} incident={incident} />
        ))}
      {moreIncidents > 0 && pathname !== '/incidents' && (
        <Line to="/incidents">{words.shell.moreIncidents(moreIncidents)}</Line>
      )}
      {accounts.map((account) => (
        <AccountLine key={account.id} account={account} />
      ))}
      {moreAccounts > 0 && <Line to="/email-accounts">{words.shell.more(moreAccounts, undefined)}</Line>}
      <EndingLines />
    </>
  )
}

function IncidentLine({ incident: { id, title, remedy, since, affected, forAdmins } }: { incident: Incident }) {
  const stopped = affected.filter(({ until }) => until === undefined)
  // For several mailboxes, admins see the cause, and agents their own affected mailboxes.
  const isOfMany = forAdmins !== undefined && stopped.length > 1
  const subject = isOfMany ? forAdmins.subject.name : shortNames(stopped.map(({ address }) => address))
  return (
    <Line to={`/incidents/${id}`} remedy={remedy}>
      <b>{words.shell.incident(subject || forAdmins?.subject.name, title, isOfMany ? stopped.length : 0)}</b>.{' '}
      {words.shell.since} <Time at={since} />.
    </Line>
  )
}

/** Warnings about expiring secrets, for admins. */
function EndingLines() {
  const isAdmin = useMe().role === 'admin'
  const providers = useQuery({ ...getCloudProvidersOptions(), enabled: isAdmin }).data?.cloudProviders
  const { pathname } = useLocation()
  return providers?.map(
    ({ id, name, expiry }) =>
      expiry &&
      // Hidden on its own page, which shows more.
      pathname !== `/cloud-providers/${id}` && (
        <Alert
          key={`ending ${id}`}
          color={daysLeft(expiry.expiresAt, clock.now()) <= RED_DAYS ? 'red' : 'yellow'}
          radius={0}
          py="xs"
          icon={<IconClock aria-hidden />}
          role="status"
        >
          <Group gap="xs">
            <Text size="sm">
              <b>{name}</b>: {words.expiry.ending.title(expiry.kind, daysLeft(expiry.expiresAt, clock.now()))}.
            </Text>
            <Anchor component={Link} to={`/cloud-providers/${id}`} size="sm">
              {words.shell.look}
            </Anchor>
          </Group>
        </Alert>
      ),
  )
}

function AccountLine({ account: { id, address, state, reason, stateSince } }: { account: EmailAccount }) {
  return (
    <Line to={`/email-accounts/${id}`} remedy={reason?.remedy}>
      <b>{words.shell.stopped(address, words.states[state])}</b>
      {reason && `. ${reason.title}.`} {words.shell.since} <Time at={stateSince} />.
    </Line>
  )
}

/** Admins get a link; others see the responsible person. */
function Line({ to, remedy, children }: { to: string; remedy?: Reason['remedy'] | undefined; children: ReactNode }) {
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
          remedy && <Text size="sm">{words.remedies[remedy]}</Text>
        )}
      </Group>
    </Alert>
  )
}
