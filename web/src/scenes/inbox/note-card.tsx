import { Badge, Group, Text } from '@mantine/core'
import { IconNote } from '@tabler/icons-react'
import type { Note } from '../../api/client.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import classes from './message.module.css'

/** Content for the team only: another color, and a label. */
export function NoteCard({ note: { id, body, createdAt }, author }: { note: Note; author: string }) {
  const inbox = words.inbox
  return (
    <article id={`entry-${id}`} className={classes.card} data-kind="note" aria-label={inbox.noteBy(author)}>
      <Group gap="xs" px={12} pt={8} wrap="nowrap">
        <Badge
          variant="default"
          size="sm"
          radius="sm"
          tt="none"
          leftSection={<IconNote size={12} aria-hidden />}
          style={{ flex: 'none' }}
        >
          {inbox.note}
        </Badge>
        <Text size="sm" fw={600}>
          {author}
        </Text>
        <Text size="xs" ms="auto" style={{ flex: 'none' }}>
          <Time at={createdAt} />
        </Text>
      </Group>
      <div className={classes.body}>
        <p className={classes.text} dir="auto">
          {body}
        </p>
      </div>
    </article>
  )
}
