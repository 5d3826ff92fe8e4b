import { Badge } from '@mantine/core'
import { IconNote } from '@tabler/icons-react'
import type { Note } from '../../api/client.ts'
import { InitialsAvatar } from '../../components/initials-avatar.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import classes from './message.module.css'
import { NoteText } from './note-text.tsx'

/** Content for the team only: another color, and a label. */
export function NoteCard({ note, personName }: { note: Note; personName: (id: string) => string }) {
  const { id, body, createdAt, authorId, mentions } = note
  const author = personName(authorId)
  const inbox = words.inbox
  return (
    <article id={`entry-${id}`} className={classes.card} data-kind="note" aria-label={inbox.noteBy(author)}>
      <div className={classes.top}>
        <InitialsAvatar name={author} of={author} />
        <span className={classes.from} dir="auto">
          {author}
        </span>
        <Badge variant="default" size="sm" radius="sm" tt="none" leftSection={<IconNote size={12} aria-hidden />}>
          {inbox.note}
        </Badge>
        <span className={classes.time}>
          <Time at={createdAt} />
        </span>
      </div>
      <div className={classes.body}>
        <p className={classes.text} dir="auto">
          <NoteText text={body} names={mentions.map(personName)} />
        </p>
      </div>
    </article>
  )
}
