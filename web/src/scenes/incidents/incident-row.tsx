import { Anchor, Group, Paper, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Incident } from '../../api/client.ts'
import { durationWords } from '../../components/durations.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { IncidentBadge } from './incident-badge.tsx'
import { shortNames } from './short-names.ts'

export function IncidentRow({ incident }: { incident: Incident }) {
  const { id, title, cause, since, closedAt, affected, forAdmins } = incident
  const text = words.incidents
  const addresses = affected.map(({ address }) => address)
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} style={{ flex: '1 1 20rem', minWidth: 0 }}>
          <Anchor component={Link} to={`/incidents/${id}`} fw={600}>
            {title}
          </Anchor>
          <Text size="sm" c="dimmed">
            {text.causedBy(text.causes[cause], forAdmins?.subject.name, ' · ')}
          </Text>
          {addresses.length > 0 && (
            <Text size="sm">
              {addresses.length > 1 && `${text.counted(addresses.length)}: `}
              {shortNames(addresses)}
            </Text>
          )}
        </Stack>
        <Stack gap={4} align="flex-start">
          <IncidentBadge incident={incident} />
          <Text size="sm" c="dimmed">
            {closedAt === undefined ? (
              <>
                {text.since} <Time at={since} />
              </>
            ) : (
              <>
                <Time at={closedAt} />, {text.lasted(durationWords(Date.parse(closedAt) - Date.parse(since)))}
              </>
            )}
          </Text>
        </Stack>
      </Group>
    </Paper>
  )
}
