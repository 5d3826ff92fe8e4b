import { IconAlertTriangle, IconClock } from '@tabler/icons-react'
import { clock } from '../../clock.ts'
import { SignBadge } from '../../components/sign-badge.tsx'
import { exactTime } from '../../components/time-text.ts'
import { toExpiryDate, type ExpiryDate } from './expiry-dates.ts'

const COLORS: Readonly<Record<ExpiryDate['urgency'], string>> = {
  unknown: 'yellow',
  later: 'gray',
  soon: 'yellow',
  over: 'red',
}

/** Days until a secret expires, as a word with an icon; exact on hover. */
export function ExpiryBadge({ expiresAt }: { expiresAt: string | undefined }) {
  const { words, urgency } = toExpiryDate(expiresAt, clock.now())
  const Sign = urgency === 'later' ? IconClock : IconAlertTriangle
  return (
    <SignBadge
      color={COLORS[urgency]}
      Sign={Sign}
      title={expiresAt === undefined ? undefined : exactTime(new Date(expiresAt))}
    >
      {words}
    </SignBadge>
  )
}
