import { Badge, Group, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconPlugOff } from '@tabler/icons-react'
import { useLive } from '../../api/live-events.ts'
import { words } from '../../words/index.ts'
import { useStoppedAccounts } from './account-health.ts'

/** The state of the mailboxes I work on in one sign, and whether what I see is live. */
export function AccountsHealth() {
  const stopped = useStoppedAccounts()
  const live = useLive()
  if (!stopped) return undefined
  const { allWell, notWell } = words.shell
  const text = stopped.length === 0 ? allWell : notWell(stopped.length)
  const Sign = stopped.length === 0 ? IconCheck : IconAlertTriangle
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
          color={stopped.length === 0 ? 'teal' : 'red'}
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
