import { Text } from '@mantine/core'
import type { IncidentWithTimeline } from '../../api/client.ts'
import { LongList } from '../../components/long-list.tsx'
import { Section } from '../../components/section.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { timelineSentence } from './timeline.ts'

const ROW_HEIGHT = 44

export function TimelineSection({ incident: { timeline } }: { incident: IncidentWithTimeline }) {
  const { title, list } = words.incidents.timeline
  return (
    <Section title={title}>
      <LongList
        label={list}
        items={timeline.toSorted((a, b) => b.id - a.id)}
        keyOf={({ id }) => id}
        rowHeight={ROW_HEIGHT}
      >
        {(entry) => (
          <>
            <Text size="sm">{timelineSentence(entry)}</Text>
            <Text size="xs" c="dimmed">
              <Time at={entry.at} />
            </Text>
          </>
        )}
      </LongList>
    </Section>
  )
}
