import type { MantineColor } from '@mantine/core'
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
import { SignBadge } from './sign-badge.tsx'

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

/** State of a provider, a grant or an account. */
export function StateBadge({ state }: { state: State }) {
  const { color, Sign } = SIGNS[state]
  return (
    <SignBadge color={color} Sign={Sign}>
      {words.states[state]}
    </SignBadge>
  )
}
