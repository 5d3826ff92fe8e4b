import { Badge, Group, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconPlayerPause, IconPlugOff } from '@tabler/icons-react'
import { useLive } from '../../api/live-events.ts'
import { words } from '../../words/index.ts'
import { useAccountsHealth } from './account-health.ts'

/** The state of the mailboxes I work on in one sign, and whether what I see is live. */
export function AccountsHealth() {
  const health = useAccountsHealth()
  const live = useLive()
  if (!health) return undefined
  const { text, color, Sign } = signOf(health)
  return (
    <Group gap={6} wrap="nowrap">
      {!live && (
        <Tooltip label={words.shell.live.off}>
          <IconPlugOff size={18} role="img" aria-label={words.shell.live.off} />
        </Tooltip>
      )}
      <Tooltip label={text}>
        <Badge
          variant="light"
          color={color}
          leftSection={<Sign size={12} aria-hidden />}
          tt="none"
          role="status"
          styles={{ label: { color: 'var(--mantine-color-text)' } }}
          visibleFrom="sm"
        >
          {text}
        </Badge>
      </Tooltip>
    </Group>
  )
}

function signOf({ stopped, paused }: { stopped: number; paused: number }) {
  const { allWell, notWell, paused: somePaused } = words.shell
  if (stopped > 0) return { text: notWell(stopped), color: 'red', Sign: IconAlertTriangle }
  if (paused > 0) return { text: somePaused(paused), color: 'gray', Sign: IconPlayerPause }
  return { text: allWell, color: 'teal', Sign: IconCheck }
}
