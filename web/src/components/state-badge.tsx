import { Badge, type MantineColor } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCheck,
  IconDownload,
  IconLoader,
  IconPlayerPause,
  IconUserExclamation,
  type Icon,
} from '@tabler/icons-react'
import { words } from '../words/index.ts'

export type State = keyof typeof words.states

const SIGNS: Readonly<Record<State, { color: MantineColor; Sign: Icon }>> = {
  connecting: { color: 'blue', Sign: IconLoader },
  importing: { color: 'blue', Sign: IconDownload },
  connected: { color: 'teal', Sign: IconCheck },
  degraded: { color: 'yellow', Sign: IconAlertTriangle },
  'needs-sign-in': { color: 'red', Sign: IconUserExclamation },
  'needs-admin': { color: 'red', Sign: IconUserExclamation },
  paused: { color: 'gray', Sign: IconPlayerPause },
}

/** A state as a word with a sign: color alone says nothing to many. */
export function StateBadge({ state }: { state: State }) {
  const { color, Sign } = SIGNS[state]
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      radius="sm"
      leftSection={<Sign size={12} aria-hidden />}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
    >
      {words.states[state]}
    </Badge>
  )
}
