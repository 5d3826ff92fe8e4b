import { Badge } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconEye } from '@tabler/icons-react'
import type { Incident } from '../../api/client.ts'
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
    <Badge
      variant="light"
      color={color}
      tt="none"
      radius="sm"
      leftSection={<Sign size={12} aria-hidden />}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
    >
      {words.incidents.states[kind]}
    </Badge>
  )
}
