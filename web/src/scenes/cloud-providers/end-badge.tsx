import { Badge } from '@mantine/core'
import { IconAlertTriangle, IconClock } from '@tabler/icons-react'
import { clock } from '../../clock.ts'
import { exactTime } from '../../components/time-words.ts'
import { endOf, type EndDate } from './end-dates.ts'

const COLORS: Readonly<Record<EndDate['urgency'], string>> = {
  none: 'gray',
  later: 'gray',
  soon: 'yellow',
  over: 'red',
}

/** The days until a secret ends, as words with a sign; exact on hover. */
export function EndBadge({ endsAt }: { endsAt: string | undefined }) {
  const { words, urgency } = endOf(endsAt, clock.now())
  const Sign = urgency === 'soon' || urgency === 'over' ? IconAlertTriangle : IconClock
  return (
    <Badge
      variant="light"
      color={COLORS[urgency]}
      tt="none"
      radius="sm"
      leftSection={<Sign size={12} aria-hidden />}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      title={endsAt === undefined ? undefined : exactTime(new Date(endsAt))}
    >
      {words}
    </Badge>
  )
}
