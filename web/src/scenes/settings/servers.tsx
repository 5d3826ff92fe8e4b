import { Group, Paper, Stack, Text, type MantineColor } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconPlayerStop, IconUnlink, type Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getServersOptions, type Server } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { SignBadge } from '../../components/sign-badge.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'

const ROW_HEIGHT = 62
const REFRESH_MS = 15_000

const SIGNS: Readonly<Record<Server['state'], { color: MantineColor; Sign: Icon }>> = {
  running: { color: 'teal', Sign: IconCheck },
  silent: { color: 'yellow', Sign: IconAlertTriangle },
  stopped: { color: 'gray', Sign: IconPlayerStop },
  vanished: { color: 'red', Sign: IconUnlink },
}

/** Processes of this installation, running ones first. */
export function Servers() {
  const { data, error, isPending, refetch } = useQuery({ ...getServersOptions(), refetchInterval: REFRESH_MS })
  const text = words.settings.servers
  const servers = data?.servers.toSorted((a, b) => rankOf(a) - rankOf(b)) ?? []
  return (
    <Section title={text.title}>
      <Text size="sm" c="dimmed">
        {text.sentence}
      </Text>
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {isPending && <LoadingRows rows={1} height={ROW_HEIGHT} />}
      <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none' }} aria-label={text.title}>
        {servers.map((server) => (
          <Paper component="li" withBorder p="sm" key={server.id}>
            <ServerRow server={server} />
          </Paper>
        ))}
      </Stack>
    </Section>
  )
}

function ServerRow({ server }: { server: Server }) {
  const { name, version, pid, state, startedAt, lastSeenAt, isThis } = server
  const text = words.settings.servers
  const { color, Sign } = SIGNS[state]
  return (
    <div style={{ overflowWrap: 'anywhere' }}>
      <Group justify="space-between" gap="xs">
        <Text fw={600} size="sm" miw={0}>
          {name} {isThis && <Text span size="sm" c="dimmed">{`(${text.isThis})`}</Text>}
        </Text>
        <SignBadge color={color} Sign={Sign}>
          {text.states[state]}
        </SignBadge>
      </Group>
      <Text size="xs" c="dimmed">
        {text.version(version)} · {text.process(pid)} · {text.started} <Time at={startedAt} /> · {text.lastSeen}{' '}
        <Time at={lastSeenAt} />
      </Text>
    </div>
  )
}

function rankOf({ state }: Server): number {
  return state === 'running' || state === 'silent' ? 0 : 1
}
