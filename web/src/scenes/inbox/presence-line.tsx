import { Group, Text } from '@mantine/core'
import { IconEye, IconPencil } from '@tabler/icons-react'
import type { Viewer } from '../../api/client.ts'
import { words } from '../../words/index.ts'

const MOST_SHOWN = 3

interface PresenceLineProps {
  viewers: readonly Viewer[]
  nameOf: (id: string) => string
}

/** Others who view or write in this conversation. Those who write come first. */
export function PresenceLine({ viewers, nameOf }: PresenceLineProps) {
  const inbox = words.inbox
  const writersFirst = viewers.toSorted((one, other) => rank(one) - rank(other))
  const more = writersFirst.length - MOST_SHOWN
  return (
    <Group gap="sm" role="status" aria-label={inbox.others} ms="auto">
      {writersFirst.slice(0, MOST_SHOWN).map(({ personId, name, activity }) => {
        const Sign = activity === 'writing' ? IconPencil : IconEye
        return (
          <Group key={personId} gap={4} wrap="nowrap">
            <Sign size={14} aria-hidden style={{ flex: 'none' }} />
            <Text size="xs" fw={activity === 'writing' ? 600 : undefined}>
              {inbox[activity](name ?? nameOf(personId))}
            </Text>
          </Group>
        )
      })}
      {more > 0 && <Text size="xs">{inbox.othersMore(more)}</Text>}
    </Group>
  )
}

function rank({ activity }: Viewer): number {
  return activity === 'writing' ? 0 : 1
}
