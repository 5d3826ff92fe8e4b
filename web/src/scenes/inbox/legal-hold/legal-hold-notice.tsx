import { Alert, Spoiler, Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import type { Conversation } from '../../../api/client.ts'
import { exactTime } from '../../../components/time-text.ts'
import { words } from '../../../words/index.ts'

/** Four lines: the messages stay in view. */
const REASON_HEIGHT = 81
const SMALL = { fontSize: 'var(--mantine-font-size-sm)' }

/** Reason of the legal hold, who set it and when. */
export function LegalHoldNotice(props: {
  legalHold: NonNullable<Conversation['legalHold']>
  nameOf: (id: string) => string
}) {
  const { legalHold, nameOf } = props
  const { notice, setBy, showReason, hideReason } = words.legalHold
  return (
    <Alert color="gray" title={notice} icon={<IconLock size={18} aria-hidden />}>
      <Spoiler maxHeight={REASON_HEIGHT} showLabel={showReason} hideLabel={hideReason} styles={{ control: SMALL }}>
        <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          <bdi>{legalHold.reason}</bdi>
        </Text>
      </Spoiler>
      <Text size="xs" c="dimmed">
        {setBy(nameOf(legalHold.by.replace(/^person:/, '')), exactTime(new Date(legalHold.at)))}
      </Text>
    </Alert>
  )
}
