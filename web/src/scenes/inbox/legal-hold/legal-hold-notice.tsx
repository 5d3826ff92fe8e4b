import { Alert, Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import type { Conversation } from '../../../api/client.ts'
import { exactTime } from '../../../components/time-text.ts'
import { words } from '../../../words/index.ts'

/** Reason of the legal hold, who set it and when. */
export function LegalHoldNotice(props: {
  legalHold: NonNullable<Conversation['legalHold']>
  nameOf: (id: string) => string
}) {
  const { legalHold, nameOf } = props
  const { notice, setBy } = words.legalHold
  return (
    <Alert color="gray" title={notice} icon={<IconLock size={18} aria-hidden />}>
      <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        <bdi>{legalHold.reason}</bdi>
      </Text>
      <Text size="xs" c="dimmed">
        {setBy(nameOf(legalHold.by.replace(/^person:/, '')), exactTime(new Date(legalHold.at)))}
      </Text>
    </Alert>
  )
}
