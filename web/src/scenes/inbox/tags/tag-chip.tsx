import { VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Tag } from '../../../api/client.ts'
import { words } from '../../../words/index.ts'
import classes from './tags.module.css'

export function TagChip({ tag: { name, color } }: { tag: Pick<Tag, 'name' | 'color'> }) {
  return (
    <span className={classes.chip} data-color={color} dir="auto">
      {name}
    </span>
  )
}

/** A tag that leads to the open conversations with it. */
export function TagLink({ tag }: { tag: Tag }) {
  return (
    <Link
      to="/inbox"
      search={{ view: undefined, account: undefined, q: undefined, tag: tag.id }}
      className={classes.chip}
      data-color={tag.color}
      dir="auto"
    >
      {tag.name}
    </Link>
  )
}

/** Tags in a row of the list: the first ones, and the number of the others. */
export function RowTags({ tags, most = 2 }: { tags: readonly Tag[]; most?: number }) {
  if (tags.length === 0) return undefined
  const names = tags.map(({ name }) => name).join(', ')
  return (
    <span className={classes.row} title={names}>
      <VisuallyHidden>{words.tags.of(names)}</VisuallyHidden>
      {tags.slice(0, most).map((tag) => (
        <span key={tag.id} aria-hidden className={classes.short}>
          <TagChip tag={tag} />
        </span>
      ))}
      {tags.length > most && (
        <span aria-hidden className={classes.more}>
          {words.tags.more(tags.length - most)}
        </span>
      )}
    </span>
  )
}
