import { Alert, Anchor, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Time } from '../../components/time.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { useStoppedAccounts } from './account-health.ts'

/** Over every page as long as a mailbox of mine has stopped: which, since when, and who can end it. */
export function Banner() {
  const { role } = useMe()
  const stopped = useStoppedAccounts() ?? []
  return stopped.map(({ id, address, state, stateSince, reason }) => (
    <Alert key={id} color="red" radius={0} py="xs" icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Group gap="xs">
        <Text size="sm">
          <b>{words.shell.stopped(address, words.states[state])}</b>
          {reason && `. ${reason.title}.`} {words.shell.since} <Time at={stateSince} />.
        </Text>
        {role === 'admin' ? (
          <Anchor component={Link} to={`/email-accounts/${id}`} size="sm">
            {words.shell.look}
          </Anchor>
        ) : (
          reason && <Text size="sm">{words.remedies[reason.remedy]}</Text>
        )}
      </Group>
    </Alert>
  ))
}
