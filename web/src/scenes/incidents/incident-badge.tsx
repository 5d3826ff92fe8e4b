import { IconAlertTriangle, IconCheck, IconEye } from '@tabler/icons-react'
import type { Incident } from '../../api/client.ts'
import { SignBadge } from '../../components/sign-badge.tsx'
import { words } from '../../words/index.ts'

/** Open, open with somebody at it, or ended: a word with a sign. */
export function IncidentBadge({ incident: { state, forAdmins } }: { incident: Incident }) {
  const kind = state === 'closed' ? 'closed' : forAdmins?.acknowledgedAt ? 'acknowledged' : 'open'
  const { color, Sign } = {
    open: { color: 'red', Sign: IconAlertTriangle },
    acknowledged: { color: 'yellow', Sign: IconEye },
    closed: { color: 'teal', Sign: IconCheck },
  }[kind]
  return (
    <SignBadge color={color} Sign={Sign}>
      {words.incidents.states[kind]}
    </SignBadge>
  )
}
