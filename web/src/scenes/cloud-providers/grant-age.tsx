import { Text } from '@mantine/core'
import type { Grant } from '../../api/client.ts'
import { clock } from '../../clock.ts'
import { exactTime } from '../../components/time-text.ts'
import { words } from '../../words/index.ts'
import { grantDays } from './grant-days.ts'

const text = words.cloudProviders.grants

/** Age of the sign-in at Microsoft, and its remaining lifetime if unused. */
export function GrantAge({ grant }: { grant: Grant }) {
  const { old, left } = grantDays(grant, clock.now())
  const exact = text.tokenAt(exactTime(new Date(grant.refreshTokenAt)), exactTime(new Date(grant.expiresUnusedAt)))
  return (
    <Text size="sm" c="dimmed" title={exact}>
      {grant.ended ? text.renewedLast(old) : `${text.renewed(old)} · ${text.endsUnused(left)}`}
    </Text>
  )
}
