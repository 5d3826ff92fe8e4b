import { Badge, Box, Group, Tooltip, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconPlayerPause, IconPlugOff, type Icon } from '@tabler/icons-react'
import { useLive } from '../../api/live-events.ts'
import { words } from '../../words/index.ts'
import { useAccountsHealth } from './account-health.ts'

/**
 * Trouble of the user's mailboxes in one badge, and of the connection to the server. While all is well, only screen
 * readers hear so.
 */
export function AccountsHealth() {
  const health = useAccountsHealth()
  const live = useLive()
  if (!health) return undefined
  // Without the server, the state of the mailboxes is unknown.
  if (live !== 'lost' && health.stopped + health.stopping + health.paused === 0)
    return <VisuallyHidden role="status">{words.shell.allWell}</VisuallyHidden>
  const { text, color, Sign, explanation = text } = live === 'lost' ? OFFLINE : signOf(health)
  return (
    <Group gap={6} wrap="nowrap">
      {live === 'lost' && (
        <Box hiddenFrom="sm" lh={0}>
          <IconPlugOff size={18} role="img" aria-label={explanation} />
        </Box>
      )}
      <Tooltip label={explanation}>
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

interface HealthSign {
  text: string
  explanation?: string
  color: string
  Sign: Icon
}

const OFFLINE: HealthSign = {
  ...{ text: words.shell.live.offline, explanation: words.shell.live.off },
  ...{ color: 'yellow', Sign: IconPlugOff },
}

function signOf({ stopped, stopping, paused }: { stopped: number; stopping: number; paused: number }): HealthSign {
  const { notWell, stopsSoon, paused: somePaused } = words.shell
  if (stopped + stopping > 0) {
    const parts = [...(stopped > 0 ? [notWell(stopped)] : []), ...(stopping > 0 ? [stopsSoon(stopping)] : [])]
    return { text: parts.join(', '), color: 'red', Sign: IconAlertTriangle }
  }
  return { text: somePaused(paused), color: 'gray', Sign: IconPlayerPause }
}
