import { Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Message } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import { asciiAddress } from '../display-names.ts'
import { Notice } from './notice.tsx'

/** Reasons to doubt the sender, one line each. */
export function SenderWarnings({ message: { warnings, from } }: { message: Message }) {
  const { title, sentences } = words.marks.senderWarnings
  return (
    <Notice color="orange" Sign={<IconAlertTriangle aria-hidden />} title={title}>
      {warnings.map(({ kind, value }) => (
        <Text size="sm" key={kind} dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {sentences[kind](value, asciiAddress(from?.address ?? ''))}
        </Text>
      ))}
    </Notice>
  )
}
