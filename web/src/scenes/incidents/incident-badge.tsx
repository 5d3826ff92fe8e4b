import { IconAlertTriangle, IconCheck, IconEye } from '@tabler/icons-react'
import type { Incident } from '../../api/client.ts'
import { SignBadge } from '../../components/sign-badge.tsx'
import { words } from '../../words/index.ts'

/** Open, acknowledged or closed: a word with an icon. */
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
